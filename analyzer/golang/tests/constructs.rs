//! The constructs of the language, one at a time.

mod support;

use expect_test::expect;
use support::sir_of;

#[test]
fn closures_get_what_they_capture() {
    let text = r"
func f(limit int) (total int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fail()
		}
	}()
	add := func(n int) bool { return n < limit }
	if add(1) {
		total++
	}
	return total, nil
}
func fail() error
";
    expect![[r#"
        fn "p/a.go:f" kind=function visibility=internal mutability=mutable
          params=[("limit", int64)] returns=[int64, error] {
        b0:
          %0: int64 = param index=0
          %1: int64 = const value=int 0
          %2: error = const value=nil
          %3: function = closure function="p/a.go:f#2" captures=[%0]
          %4: int64 = const value=int 1
          %5: bool = call callee=value %3 args=[%4]
          branch %5 b2 b1
        b1:
          jump b3
        b2:
          %6: int64 = const value=int 1
          %7: int64 = const value=int 1
          jump b3
        b3:
          %8: int64 = phi args=[(b2, %7), (b1, %1)]
          %9: error = const value=nil
          %10: unit = call callee=function "p/a.go:f#1" args=[%9]
          return ok [%8, %9]
        }
        fn "p/a.go:f#1" kind=closure visibility=private mutability=mutable
          params=[("err", error)] returns=[] {
        b0:
          %0: error = param index=0
          %1: named "any" = const value=nil
          %2: named "any" = const value=nil
          %3: bool = const value=bool false
          branch %3 b2 b1
        b1:
          jump b3
        b2:
          %4: error = call callee=function "p/a.go:fail" args=[]
          jump b3
        b3:
          return ok []
        }
        fn "p/a.go:f#2" kind=closure visibility=private mutability=mutable
          params=[("limit", int64), ("n", int64)] returns=[bool] {
        b0:
          %0: int64 = param index=0
          %1: int64 = param index=1
          %2: bool = binary op=lt left=%1 right=%0 mode=none
          return ok [%2]
        }
    "#]]
    .assert_eq(&sir_of(text));
}

#[test]
fn deferred_calls_run_last_first_at_every_return() {
    let text = r"
func f(a int) int {
	x := a
	defer one(x)
	x = 2
	if a > 1 {
		defer two()
	}
	if a > 2 {
		return 1
	}
	return x
}
func one(n int)
func two()
";
    expect![[r#"
        fn "p/a.go:f" kind=function visibility=internal mutability=mutable
          params=[("a", int64)] returns=[int64] {
        b0:
          %0: bool = const value=bool false
          %1: int64 = param index=0
          %2: int64 = const value=int 2
          %3: int64 = const value=int 1
          %4: bool = binary op=gt left=%1 right=%3 mode=none
          branch %4 b2 b1
        b1:
          jump b3
        b2:
          %5: bool = const value=bool true
          jump b3
        b3:
          %6: bool = phi args=[(b2, %5), (b1, %0)]
          %7: int64 = const value=int 2
          %8: bool = binary op=gt left=%1 right=%7 mode=none
          branch %8 b8 b4
        b4:
          jump b5
        b5:
          branch %6 b6 b7
        b6:
          %9: unit = call callee=function "p/a.go:two" args=[]
          jump b7
        b7:
          %10: unit = call callee=function "p/a.go:one" args=[%1]
          return ok [%2]
        b8:
          %11: int64 = const value=int 1
          branch %6 b9 b10
        b9:
          %12: unit = call callee=function "p/a.go:two" args=[]
          jump b10
        b10:
          %13: unit = call callee=function "p/a.go:one" args=[%1]
          return ok [%11]
        }
    "#]]
    .assert_eq(&sir_of(text));
}

#[test]
fn switches_fall_through_and_labels_lead_out() {
    let text = r#"
func f(s string, n int) int {
outer:
	for {
		switch s {
		case "a", "b":
			n = 1
			fallthrough
		case "c":
			n++
			continue outer
		default:
			break outer
		}
	}
	return n
}
"#;
    expect![[r#"
        fn "p/a.go:f" kind=function visibility=internal mutability=mutable
          params=[("s", string), ("n", int64)] returns=[int64] {
        b0:
          %0: string = param index=0
          %1: int64 = param index=1
          jump b1
        b1:
          jump b2
        b2:
          %2: int64 = phi args=[(b1, %1), (b10, %12)]
          jump b3
        b3:
          %3: string = const value=str "a"
          %4: bool = binary op=eq left=%0 right=%3 mode=none
          branch %4 b9 b4
        b4:
          %5: string = const value=str "b"
          %6: bool = binary op=eq left=%0 right=%5 mode=none
          branch %6 b9 b5
        b5:
          %7: string = const value=str "c"
          %8: bool = binary op=eq left=%0 right=%7 mode=none
          branch %8 b10 b6
        b6:
          jump b7
        b7:
          jump b8
        b8:
          return ok [%2]
        b9:
          %9: int64 = const value=int 1
          jump b10
        b10:
          %10: int64 = phi args=[(b9, %9), (b5, %2)]
          %11: int64 = const value=int 1
          %12: int64 = binary op=add left=%10 right=%11 mode=wrapping
          jump b2
        }
    "#]]
    .assert_eq(&sir_of(text));
}

#[test]
fn maps_are_ranged_in_no_order_and_slices_by_index() {
    let text = r"
func f(m map[string]int, list []string) (sum int) {
	for k, v := range m {
		use(k)
		sum += v
	}
	for _, s := range list {
		use(s)
	}
	return
}
func use(s string)
";
    expect![[r#"
        fn "p/a.go:f" kind=function visibility=internal mutability=mutable
          params=[("m", map<string, int64>), ("list", array<string>)] returns=[int64] {
        b0:
          %0: map<string, int64> = param index=0
          %1: array<string> = param index=1
          %2: int64 = const value=int 0
          %3: map<string, int64> = nondet kind=map-order args=[%0]
          jump b1
        b1:
          %4: int64 = phi args=[(b0, %2), (b7, %17)]
          %5: bool = pure name="range-more" args=[%3]
          branch %5 b7 b2
        b2:
          %6: int64 = length value=%1
          %7: int64 = const value=int 0
          jump b3
        b3:
          %8: int64 = phi args=[(b2, %7), (b6, %13)]
          %9: bool = binary op=lt left=%8 right=%6 mode=none
          branch %9 b5 b4
        b4:
          return ok [%4]
        b5:
          %10: string = index base=%1 key=%8
          %11: unit = call callee=function "p/a.go:use" args=[%10]
          jump b6
        b6:
          %12: int64 = const value=int 1
          %13: int64 = binary op=add left=%8 right=%12 mode=none
          jump b3
        b7:
          %14: string = element of=%3 part=1
          %15: int64 = element of=%3 part=0
          %16: unit = call callee=function "p/a.go:use" args=[%14]
          %17: int64 = binary op=add left=%4 right=%15 mode=wrapping
          jump b1
        }
    "#]]
    .assert_eq(&sir_of(text));
}

#[test]
fn types_are_tested_and_asserted() {
    let text = r"
type shape interface{ area() int }
type square struct{ side int }
func (s square) area() int { return s.side * s.side }
func f(x interface{}, s shape) int {
	switch v := x.(type) {
	case int:
		return v
	case *square:
		return v.side
	}
	if n, ok := x.(string); ok {
		return len(n)
	}
	return x.(square).side + s.area()
}
";
    expect![[r#"
        fn "p/a.go:f" kind=function visibility=internal mutability=mutable
          params=[("x", named "any"), ("s", named "p:shape")] returns=[int64] {
        b0:
          %0: named "any" = param index=0
          %1: named "p:shape" = param index=1
          %2: bool = is-variant value=%0 variant="int64"
          branch %2 b10 b1
        b1:
          %3: bool = is-variant value=%0 variant="*p:square"
          branch %3 b9 b2
        b2:
          jump b3
        b3:
          %4: bool = is-variant value=%0 variant="string"
          %5: string = payload value=%0 variant="string" index=0
          branch %4 b8 b4
        b4:
          jump b5
        b5:
          %6: bool = is-variant value=%0 variant="p:square"
          branch %6 b7 b6
        b6:
          abort panic []
        b7:
          %7: struct "p:square" = payload value=%0 variant="p:square" index=0
          %8: int64 = field base=%7 name="side"
          %9: int64 = call callee=one-of ["p/a.go:square.area"] args=[%1]
          %10: int64 = binary op=add left=%8 right=%9 mode=wrapping
          return ok [%10]
        b8:
          %11: int64 = length value=%5
          return ok [%11]
        b9:
          %12: pointer<struct "p:square"> = payload value=%0 variant="*p:square" index=0
          %13: int64 = field base=%12 name="side"
          return ok [%13]
        b10:
          %14: int64 = payload value=%0 variant="int64" index=0
          return ok [%14]
        }
        fn "p/a.go:square.area" kind=function visibility=internal mutability=mutable
          params=[("s", struct "p:square")] returns=[int64] {
        b0:
          %0: struct "p:square" = param index=0
          %1: int64 = field base=%0 name="side"
          %2: int64 = field base=%0 name="side"
          %3: int64 = binary op=mul left=%1 right=%2 mode=wrapping
          return ok [%3]
        }
    "#]]
    .assert_eq(&sir_of(text));
}

#[test]
fn package_variables_are_state_of_the_process() {
    let text = r"
const (
	low = iota * 10
	high
)
var counter int
var cache = map[string]*entry{}
type entry struct{ hits int }
func f(key string) int {
	counter += high
	cache[key].hits = counter
	delete(cache, key)
	return cache[key].hits
}
func init() { counter = low }
";
    expect![[r#"
        fn "p/a.go:f" kind=function visibility=internal mutability=mutable
          params=[("key", string)] returns=[int64] {
        b0:
          %0: string = param index=0
          %1: int64 = state-read place=global "p:counter" kind=get
          %2: int64 = const value=int 10
          %3: int64 = binary op=add left=%1 right=%2 mode=wrapping
          %4: unit = state-write place=global "p:counter" kind=set value=%3
          %5: int64 = state-read place=global "p:counter" kind=get
          %6: unit = state-write place=global "p:cache"[%0]."hits" kind=set value=%5
          %7: unit = state-write place=global "p:cache"[%0] kind=delete value=-
          %8: int64 = state-read place=global "p:cache"[%0]."hits" kind=get
          return ok [%8]
        }
        fn "p/a.go:init" kind=function visibility=internal mutability=mutable
          params=[] returns=[] {
        b0:
          %0: int64 = const value=int 0
          %1: unit = state-write place=global "p:counter" kind=set value=%0
          return ok []
        }
    "#]]
    .assert_eq(&sir_of(text));
}

#[test]
fn embedded_structs_promote_fields_and_methods() {
    let text = r#"
type base struct{ id string }
func (b *base) name() string { return "n" + b.id }
type middle struct{ *base }
type top struct {
	middle
	extra []int
}
func f(t *top) string {
	t.id = "x"
	t.extra = append(t.extra, 1)
	return t.name()
}
"#;
    expect![[r#"
        fn "p/a.go:base.name" kind=function visibility=internal mutability=mutable
          params=[("b", pointer<struct "p:base">)] returns=[string] {
        b0:
          %0: pointer<struct "p:base"> = param index=0
          %1: string = const value=str "n"
          %2: string = field base=%0 name="id"
          %3: string = key kind=concat parts=[%1, %2]
          return ok [%3]
        }
        fn "p/a.go:f" kind=function visibility=internal mutability=mutable
          params=[("t", pointer<struct "p:top">)] returns=[string] {
        b0:
          %0: pointer<struct "p:top"> = param index=0
          %1: string = const value=str "x"
          %2: unit = store base=%0 path=[."middle", ."base", ."id"] value=%1
          %3: pointer<struct "p:top"> = pure name="with" args=[%0, %1]
          %4: unit = store base=%3 path=[."middle", ."base", ."id"] value=%1
          %5: array<int64> = field base=%3 name="extra"
          %6: int64 = const value=int 1
          %7: array<int64> = pure name="append" args=[%5, %6]
          %8: unit = store base=%3 path=[."extra"] value=%7
          %9: struct "p:middle" = field base=%3 name="middle"
          %10: pointer<struct "p:top"> = aggregate kind=struct names=["middle", "extra"] parts=[%9, %7]
          %11: struct "p:middle" = field base=%10 name="middle"
          %12: pointer<struct "p:base"> = field base=%11 name="base"
          %13: string = call callee=function "p/a.go:base.name" args=[%12]
          return ok [%13]
        }
    "#]].assert_eq(&sir_of(text));
}

#[test]
fn short_circuits_branch_where_the_right_side_acts() {
    let text = r"
func f(a, b int) bool {
	if a > 1 && b > 2 || a == b {
		return true
	}
	if a > 3 && acts(a) {
		return true
	}
	ok := b > 4 || acts(b)
	return ok
}
func acts(n int) bool
";
    expect![[r#"
        fn "p/a.go:f" kind=function visibility=internal mutability=mutable
          params=[("a", int64), ("b", int64)] returns=[bool] {
        b0:
          %0: int64 = param index=0
          %1: int64 = param index=1
          %2: int64 = const value=int 1
          %3: bool = binary op=gt left=%0 right=%2 mode=none
          %4: int64 = const value=int 2
          %5: bool = binary op=gt left=%1 right=%4 mode=none
          %6: bool = binary op=and left=%3 right=%5 mode=none
          %7: bool = binary op=eq left=%0 right=%1 mode=none
          %8: bool = binary op=or left=%6 right=%7 mode=none
          branch %8 b9 b1
        b1:
          jump b2
        b2:
          %9: int64 = const value=int 3
          %10: bool = binary op=gt left=%0 right=%9 mode=none
          branch %10 b3 b4
        b3:
          %11: bool = call callee=function "p/a.go:acts" args=[%0]
          branch %11 b8 b4
        b4:
          jump b5
        b5:
          %12: int64 = const value=int 4
          %13: bool = binary op=gt left=%1 right=%12 mode=none
          branch %13 b7 b6
        b6:
          %14: bool = call callee=function "p/a.go:acts" args=[%1]
          jump b7
        b7:
          %15: bool = phi args=[(b5, %13), (b6, %14)]
          return ok [%15]
        b8:
          %16: bool = const value=bool true
          return ok [%16]
        b9:
          %17: bool = const value=bool true
          return ok [%17]
        }
    "#]]
    .assert_eq(&sir_of(text));
}

#[test]
fn generic_results_follow_from_arguments() {
    let text = r#"
type box[T any] struct{ value T }
func (b *box[T]) get() T { return b.value }
func first[T any](list []T) T { return list[0] }
func wrap[T any](v T) *box[T] { return &box[T]{value: v} }
func f(list []string) int {
	return len(first(list)) + len(wrap("x").get()) + first[int](nil)
}
"#;
    expect![[r#"
        fn "p/a.go:box.get" kind=function visibility=internal mutability=mutable
          params=[("b", pointer<named "p:box"<unknown>>)] returns=[unknown] {
        b0:
          %0: pointer<named "p:box"<unknown>> = param index=0
          %1: unknown = field base=%0 name="value"
          return ok [%1]
        }
        fn "p/a.go:f" kind=function visibility=internal mutability=mutable
          params=[("list", array<string>)] returns=[int64] {
        b0:
          %0: array<string> = param index=0
          %1: string = call callee=function "p/a.go:first" args=[%0]
          %2: int64 = length value=%1
          %3: string = const value=str "x"
          %4: pointer<named "p:box"<string>> = call callee=function "p/a.go:wrap" args=[%3]
          %5: string = call callee=function "p/a.go:box.get" args=[%4]
          %6: int64 = length value=%5
          %7: int64 = binary op=add left=%2 right=%6 mode=wrapping
          %8: array<unknown> = const value=nil
          %9: int64 = call callee=function "p/a.go:first" args=[%8]
          %10: int64 = binary op=add left=%7 right=%9 mode=wrapping
          return ok [%10]
        }
        fn "p/a.go:first" kind=function visibility=internal mutability=mutable
          params=[("list", array<unknown>)] returns=[unknown] {
        b0:
          %0: array<unknown> = param index=0
          %1: int64 = const value=int 0
          %2: unknown = index base=%0 key=%1
          return ok [%2]
        }
        fn "p/a.go:wrap" kind=function visibility=internal mutability=mutable
          params=[("v", unknown)] returns=[pointer<named "p:box"<unknown>>] {
        b0:
          %0: unknown = param index=0
          %1: named "p:box"<unknown> = aggregate kind=struct names=["value"] parts=[%0]
          return ok [%1]
        }
    "#]]
    .assert_eq(&sir_of(text));
}

#[test]
fn goroutines_and_channels_are_nondeterministic() {
    let text = r"
func f(in chan int, n int) int {
	go work(n)
	in <- n
	select {
	case v := <-in:
		return v
	default:
	}
	for v := range in {
		n += v
	}
	return <-in
}
func work(n int)
";
    expect![[r#"
        fn "p/a.go:f" kind=function visibility=internal mutability=mutable
          params=[("in", named "chan"<int64>), ("n", int64)] returns=[int64] {
        b0:
          %0: named "chan"<int64> = param index=0
          %1: int64 = param index=1
          %2: unit = nondet kind=goroutine args=[]
          %3: unit = spawn callee=function "p/a.go:work" args=[%1]
          %4: unit = store base=%0 path=[[any]] value=%1
          %5: int64 = nondet kind=select args=[]
          %6: int64 = const value=int 0
          %7: bool = binary op=eq left=%5 right=%6 mode=none
          branch %7 b6 b1
        b1:
          jump b2
        b2:
          %8: int64 = nondet kind=goroutine args=[%0]
          jump b3
        b3:
          %9: int64 = phi args=[(b2, %1), (b5, %13)]
          %10: bool = pure name="range-more" args=[%8]
          branch %10 b5 b4
        b4:
          %11: int64 = nondet kind=goroutine args=[%0]
          return ok [%11]
        b5:
          %12: int64 = element of=%8 part=0
          %13: int64 = binary op=add left=%9 right=%12 mode=wrapping
          jump b3
        b6:
          %14: int64 = nondet kind=goroutine args=[%0]
          return ok [%14]
        }
    "#]]
    .assert_eq(&sir_of(text));
}

#[test]
fn errors_tell_the_outcome() {
    let text = r#"
import (
	"errors"
	"fmt"
)
var errGone = errors.New("gone")
func f(n int) (int, error) {
	v, err := g(n)
	if err != nil {
		return 0, fmt.Errorf("f: %w", err)
	}
	if v > 1 {
		return 0, errGone
	}
	if v > 2 {
		return g(v)
	}
	if v > 3 {
		return v, err
	}
	if err = h(); err == nil {
		return v, nil
	}
	return 0, err
}
func g(n int) (int, error) { return n, nil }
func h() error { return bad() }
func bad() error { return errors.New("bad") }
"#;
    expect![[r#"
        fn "p/a.go:bad" kind=function visibility=internal mutability=mutable
          params=[] returns=[error] {
        b0:
          %0: string = const value=str "bad"
          %1: error = pure name="errors.New" args=[%0]
          return err [%1]
        }
        fn "p/a.go:errGone" kind=initialiser visibility=internal mutability=mutable
          params=[] returns=[] {
        b0:
          %0: string = const value=str "gone"
          %1: error = pure name="errors.New" args=[%0]
          %2: unit = state-write place=global "p:errGone" kind=set value=%1
          return ok []
        }
        fn "p/a.go:f" kind=function visibility=internal mutability=mutable
          params=[("n", int64)] returns=[int64, error] {
        b0:
          %0: int64 = param index=0
          %1: tuple<int64, error> = call callee=function "p/a.go:g" args=[%0]
          %2: int64 = extract value=%1 index=0
          %3: error = extract value=%1 index=1
          %4: error = const value=nil
          %5: bool = binary op=ne left=%3 right=%4 mode=none
          branch %5 b15 b1
        b1:
          jump b2
        b2:
          %6: int64 = const value=int 1
          %7: bool = binary op=gt left=%2 right=%6 mode=none
          branch %7 b14 b3
        b3:
          jump b4
        b4:
          %8: int64 = const value=int 2
          %9: bool = binary op=gt left=%2 right=%8 mode=none
          branch %9 b13 b5
        b5:
          jump b6
        b6:
          %10: int64 = const value=int 3
          %11: bool = binary op=gt left=%2 right=%10 mode=none
          branch %11 b12 b7
        b7:
          jump b8
        b8:
          %12: error = call callee=function "p/a.go:h" args=[]
          %13: error = const value=nil
          %14: bool = binary op=eq left=%12 right=%13 mode=none
          branch %14 b11 b9
        b9:
          jump b10
        b10:
          %15: int64 = const value=int 0
          return err [%15, %12]
        b11:
          %16: error = const value=nil
          return ok [%2, %16]
        b12:
          return ok [%2, %3]
        b13:
          %17: tuple<int64, error> = call callee=function "p/a.go:g" args=[%2]
          %18: int64 = extract value=%17 index=0
          %19: error = extract value=%17 index=1
          return unknown [%18, %19]
        b14:
          %20: int64 = const value=int 0
          %21: error = state-read place=global "p:errGone" kind=get
          return err [%20, %21]
        b15:
          %22: int64 = const value=int 0
          %23: string = const value=str "f: %w"
          %24: error = pure name="fmt.Errorf" args=[%23, %3]
          return err [%22, %24]
        }
        fn "p/a.go:g" kind=function visibility=internal mutability=mutable
          params=[("n", int64)] returns=[int64, error] {
        b0:
          %0: int64 = param index=0
          %1: error = const value=nil
          return ok [%0, %1]
        }
        fn "p/a.go:h" kind=function visibility=internal mutability=mutable
          params=[] returns=[error] {
        b0:
          %0: error = call callee=function "p/a.go:bad" args=[]
          return err [%0]
        }
    "#]]
    .assert_eq(&sir_of(text));
}
