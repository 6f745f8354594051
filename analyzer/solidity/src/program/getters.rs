//! Signatures of the getters that compilers make for public state variables.

use pactward_ir::Type;

use super::{ParamInfo, Program, Symbol, VarInfo};

impl Program {
    /// Parameters and results of a variable's getter: keys and indices down to a value; of a
    /// struct those fields that are neither arrays nor mappings, by name.
    pub(crate) fn getter_signature(&self, var: &VarInfo) -> (Vec<ParamInfo>, Vec<ParamInfo>) {
        let mut params = Vec::new();
        let mut ty = &var.ty;
        loop {
            let (key, inner) = match ty {
                Type::Map(key, value) => ((**key).clone(), value),
                Type::Array(inner, _) => (Type::UINT256, inner),
                _ => break,
            };
            params.push(unnamed(key));
            ty = inner;
        }
        let fields = match ty {
            Type::Struct(name) => match self.types.get(name) {
                Some(Symbol::Struct(id)) => Some(&self.structs[*id as usize].fields),
                _ => None,
            },
            _ => None,
        };
        let returns = match fields {
            Some(fields) => fields
                .iter()
                .filter(|(_, ty)| !matches!(ty, Type::Map(..) | Type::Array(..)))
                .map(|(name, ty)| ParamInfo {
                    name: name.clone(),
                    ..unnamed(ty.clone())
                })
                .collect(),
            None => vec![unnamed(ty.clone())],
        };
        (params, returns)
    }
}

fn unnamed(ty: Type) -> ParamInfo {
    ParamInfo {
        name: pactward_base::SmolStr::default(),
        ty,
        storage: false,
    }
}
