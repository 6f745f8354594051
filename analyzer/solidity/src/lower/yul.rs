use super::Lowerer;
use crate::syntax::YulStmt;

impl Lowerer<'_> {
    pub(super) fn assembly(&mut self, _block: &[YulStmt]) {
        self.b.unknown("assembly", Vec::new());
    }
}
