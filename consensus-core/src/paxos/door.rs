//! Who is let in.

use super::{Message, MessageError, Role};
use crate::{Instance, NodeId};

/// Whether a message is for the machine of this role, on this node, in this instance.
pub(super) fn check<V>(
    message: &Message<V>,
    instance: Instance,
    id: NodeId,
    role: Role,
) -> Result<(), MessageError> {
    if message.instance != instance {
        return Err(MessageError::WrongInstance);
    }
    if message.to != id {
        return Err(MessageError::WrongReceiver);
    }
    if message.role() != role {
        return Err(MessageError::WrongRole);
    }
    Ok(())
}
