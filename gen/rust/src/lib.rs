//! Messages and gRPC stubs of [`agentbus.v1`](v1), generated from the contract in `proto/agentbus/v1`.
//!
//! They are all that an agent needs; the crate `agentbus` makes it pleasant.

/// Package `agentbus.v1`.
#[allow(rustdoc::all)]
pub mod v1 {
    include!("generated/agentbus/v1/agentbus.v1.rs");
}
