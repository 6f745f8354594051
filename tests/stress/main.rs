//! Hostile input drives the real program: whatever the bytes and the folder, it ends within
//! bounded time and memory with an exit code of its own and a message, never with a crash.

mod case;
mod files;
mod graphs;
mod text;
