//! Being written.
/// Being written.
pub fn fill(_: &crate::App) -> crate::Result<crate::Seller> {
    Err(crate::AppError::new(crate::Kind::Internal, "being written"))
}
