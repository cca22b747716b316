//! Numbered nodes, of which only the last one goes.

mod descent;
mod jump;
mod jump_back;
mod ranking;

pub use self::jump::Jump;
pub use self::jump_back::JumpBack;
