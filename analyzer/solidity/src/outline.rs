//! From a file's text to its declarations and the texts of its definitions.

use std::sync::Arc;

use pactward_base::{SmolStr, Span};
use pactward_ir::{Name, StateKind, Visibility};
use pactward_syntax::{Body, Outline, Parsed};
use rustc_hash::FxHashMap;

use crate::decls::{
    BaseDecl, ContractDecl, Decls, EnumDecl, FunctionDecl, ImportDecl, Members, ModifierDecl,
    SignatureDecl, StructDecl, UsingDecl, VarDecl,
};
use crate::syntax::{
    ContractItem, ContractKind, ErrorOrEvent, FileItem, FunctionForm, FunctionItem, Item,
    ModifierItem, ParamSpec, TypeExpr, VarItem, parse_file,
};
use crate::version::Version;

/// The outline of one file. `path` is the file's path in the workspace and the first part of the
/// unique names of what it defines.
pub fn outline(path: &str, parsed: &Arc<Parsed>) -> Outline<Decls> {
    let mut builder = Builder {
        path,
        parsed,
        decls: Decls::default(),
        bodies: Vec::new(),
        taken: FxHashMap::default(),
        imports: Vec::new(),
    };
    let items = parse_file(&parsed.text);
    // The pragma decides what a function named like its contract is, wherever it stands.
    for item in &items {
        if let FileItem::Pragma(text) = item {
            builder.pragma(text);
        }
    }
    for item in items {
        builder.file_item(item);
    }
    builder.bodies.sort_by(|(a, _), (b, _)| a.cmp(b));
    Outline {
        decls: Arc::new(builder.decls),
        bodies: builder.bodies,
        problems: Vec::new(),
        imports: builder.imports,
    }
}

struct Builder<'p> {
    path: &'p str,
    parsed: &'p Arc<Parsed>,
    decls: Decls,
    bodies: Vec<(SmolStr, Body)>,
    /// How often a name was given.
    taken: FxHashMap<Name, u32>,
    imports: Vec<(SmolStr, Span)>,
}

/// Whose members are collected.
struct Owner<'o> {
    /// First part of unique names, up to and with the last separator.
    prefix: String,
    contract: Option<(&'o str, ContractKind)>,
}

impl Builder<'_> {
    fn pragma(&mut self, text: &SmolStr) {
        let Some(constraint) = text.trim().strip_prefix("solidity") else {
            return;
        };
        let version = Version::of_pragma(constraint);
        let first = self.decls.pragma.is_empty();
        self.decls.version = if first {
            version
        } else {
            self.decls.version.and(version)
        };
        let constraint = constraint.trim();
        self.decls.pragma = if first {
            constraint.into()
        } else {
            SmolStr::new(format!("{} {constraint}", self.decls.pragma))
        };
    }

    fn file_item(&mut self, item: FileItem) {
        match item {
            FileItem::Pragma(_) => {}
            FileItem::Import(import) => {
                self.imports.push((import.path.clone(), import.span));
                self.decls.imports.push(ImportDecl {
                    path: import.path,
                    alias: import.alias,
                    names: import.names,
                });
            }
            FileItem::Contract(contract) => self.contract(contract),
            FileItem::Item(item) => {
                let owner = Owner {
                    prefix: format!("{}:", self.path),
                    contract: None,
                };
                let mut members = std::mem::take(&mut self.decls.members);
                self.item(item, &owner, &mut members);
                self.decls.members = members;
            }
        }
    }

    fn contract(&mut self, item: ContractItem) {
        let id = self.unique(format!("{}:{}", self.path, item.name), item.name_span);
        let mut bases = Vec::new();
        for base in item.bases {
            let args = base
                .has_args
                .then(|| self.unique(format!("{id} is {}", base.path), base.span));
            bases.push(BaseDecl {
                path: base.path,
                args,
            });
        }
        let owner = Owner {
            prefix: format!("{id}."),
            contract: Some((&item.name, item.kind)),
        };
        let mut members = Members::default();
        for member in item.items {
            self.item(member, &owner, &mut members);
        }
        self.decls.contracts.push(ContractDecl {
            kind: item.kind,
            name: item.name,
            id,
            bases,
            has_layout: item.has_layout,
            members,
        });
    }

    fn item(&mut self, item: Item, owner: &Owner<'_>, members: &mut Members) {
        match item {
            Item::Function(function) => {
                let function = self.function(function, owner);
                members.functions.push(function);
            }
            Item::Modifier(modifier) => {
                let modifier = self.modifier(modifier, owner);
                members.modifiers.push(modifier);
            }
            Item::Variable(var) => {
                let var = self.var(var, owner);
                members.vars.push(var);
            }
            Item::Struct(item) => members.structs.push(StructDecl {
                name: item.name,
                fields: item.fields,
            }),
            Item::Enum(name, all) => members.enums.push(EnumDecl { name, members: all }),
            Item::ValueType(name, ty) => members.value_types.push((name, ty)),
            Item::Event(item) => members.events.push(signature(item)),
            Item::Error(item) => members.errors.push(signature(item)),
            Item::Using(item) => members.usings.push(UsingDecl {
                names: item.names,
                is_library: item.is_library,
                target: item.target,
                global: item.global,
            }),
        }
    }

    fn function(&mut self, item: FunctionItem, owner: &Owner<'_>) -> FunctionDecl {
        let FunctionItem {
            header,
            has_body,
            span,
        } = item;
        let mut form = header.form;
        if self.decls.version.has_named_constructors()
            && owner
                .contract
                .is_some_and(|(name, kind)| name == header.name && kind != ContractKind::Library)
        {
            form = FunctionForm::Constructor;
        }
        let name: SmolStr = match form {
            FunctionForm::Function => header.name.clone(),
            FunctionForm::Constructor => "constructor".into(),
            FunctionForm::Receive => "receive".into(),
            FunctionForm::Fallback => "fallback".into(),
        };
        let id = self.unique(
            format!("{}{name}{}", owner.prefix, spell(&header.params)),
            span,
        );
        let implicit = match (form, owner.contract) {
            (FunctionForm::Function, None) => Visibility::Internal,
            (FunctionForm::Receive | FunctionForm::Fallback, _)
            | (_, Some((_, ContractKind::Interface))) => Visibility::External,
            _ => Visibility::Public,
        };
        FunctionDecl {
            name,
            id,
            form,
            params: header.params,
            returns: header.returns,
            visibility: header.visibility.unwrap_or(implicit),
            explicit_visibility: header.visibility.is_some(),
            mutability: header.mutability,
            invoked: header.invocations.into_iter().map(|i| i.path).collect(),
            has_body,
        }
    }

    fn modifier(&mut self, item: ModifierItem, owner: &Owner<'_>) -> ModifierDecl {
        let id = self.unique(
            format!("{}{}{}", owner.prefix, item.name, spell(&item.params)),
            item.span,
        );
        ModifierDecl {
            name: item.name,
            id,
            params: item.params,
            has_body: item.has_body,
        }
    }

    fn var(&mut self, item: VarItem, owner: &Owner<'_>) -> VarDecl {
        let id = self.unique(format!("{}{}", owner.prefix, item.name), item.span);
        let getter = (item.visibility == Visibility::Public && owner.contract.is_some())
            .then(|| self.unique(format!("{id}{}", getter_keys(&item.ty)), item.span));
        VarDecl {
            name: item.name,
            id,
            ty: item.ty,
            kind: if owner.contract.is_none() {
                StateKind::Constant
            } else {
                item.kind
            },
            visibility: item.visibility,
            literal: item.literal,
            has_value: item.has_value,
            getter,
        }
    }

    /// Registers the text of a definition under a name; a name that is taken gets a number, so
    /// that a definition that was written twice is analysed twice.
    fn unique(&mut self, name: String, span: Span) -> Name {
        let mut id = Name::from(name);
        let times = self.taken.entry(id.clone()).or_insert(0);
        *times += 1;
        if *times > 1 {
            id = Name::from(format!("{id}~{times}"));
        }
        self.bodies
            .push((id.clone(), Body::new(self.parsed.clone(), span)));
        id
    }
}

fn signature(item: ErrorOrEvent) -> SignatureDecl {
    SignatureDecl {
        name: item.name,
        params: item.params,
    }
}

/// `(uint256,address)`.
fn spell(params: &[ParamSpec]) -> String {
    let types: Vec<_> = params.iter().map(|p| p.ty.spelling()).collect();
    format!("({})", types.join(","))
}

/// Parameters of the getter of a variable: one per mapping key and array index.
fn getter_keys(ty: &TypeExpr) -> String {
    let mut keys = Vec::new();
    let mut at = ty;
    loop {
        match at {
            TypeExpr::Mapping(key, value) => {
                keys.push(key.spelling());
                at = value;
            }
            TypeExpr::Array(inner, _) => {
                keys.push("uint256".to_owned());
                at = inner;
            }
            _ => return format!("({})", keys.join(",")),
        }
    }
}
