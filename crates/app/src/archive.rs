//! Being written.
pub fn write_forgotten_lists(_: &crate::App) -> crate::Result<()> {
    Ok(())
}
