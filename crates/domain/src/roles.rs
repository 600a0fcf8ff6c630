//! What a person is here for.

use std::fmt;

use crate::Role;

/// The roles of one person.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Roles(u8);

const fn bit(role: Role) -> u8 {
    1 << role as u8
}

impl Roles {
    /// No role at all.
    pub const NONE: Self = Self(0);

    /// These roles.
    pub fn of(roles: &[Role]) -> Self {
        roles.iter().copied().collect()
    }

    /// Whether this role is among them.
    pub const fn has(self, role: Role) -> bool {
        self.0 & bit(role) != 0
    }

    /// The same with one more.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | bit(role))
    }

    /// The same without one.
    #[must_use]
    pub const fn without(self, role: Role) -> Self {
        Self(self.0 & !bit(role))
    }

    /// Each of them, in the order of [`Role::ALL`].
    pub fn each(self) -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied().filter(move |r| self.has(*r))
    }

    /// As the store keeps them: one bit a role.
    pub const fn bits(self) -> i64 {
        self.0 as i64
    }

    /// Reads what the store keeps; bits of roles this program does not know are dropped.
    pub fn from_bits(bits: i64) -> Self {
        let known = |role: &Role| bits & i64::from(bit(*role)) != 0;
        Role::ALL.iter().copied().filter(known).collect()
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        roles.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.each()).finish()
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<&str> = self.each().map(Role::code).collect();
        f.write_str(&codes.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_a_set_that_the_store_can_keep() {
        let roles = Roles::of(&[Role::Administrator, Role::Seller]);
        assert_eq!(roles.to_string(), "seller, administrator");
        assert_eq!(Roles::from_bits(roles.bits()), roles);
        assert_eq!(roles.bits(), 17);
        assert!(!roles.has(Role::Lead) && roles.with(Role::Lead).has(Role::Lead));
        assert_eq!(
            roles.without(Role::Seller).without(Role::Administrator),
            Roles::NONE
        );
        assert_eq!(Roles::from_bits(-1), Role::ALL.iter().copied().collect());
        for role in Role::ALL {
            assert_eq!(role.code().parse(), Ok(*role));
        }
    }
}
