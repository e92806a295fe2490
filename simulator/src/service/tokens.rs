//! Who may call.

use std::collections::BTreeMap;

use fastrand::Rng;

use crate::http::error::ServiceError;
use crate::options::Options;
use crate::util::ids;

/// What the bearer of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Member,
    Viewer,
}

/// The tokens that were traded for the refresh token, each with the time at which it expires. The fixed tokens
/// are in the options.
#[derive(Default)]
pub(crate) struct Tokens {
    issued: BTreeMap<String, u64>,
}

impl Tokens {
    /// Whose request this is, by its `Authorization` header.
    pub(crate) fn role(
        &self,
        authorization: Option<&str>,
        options: &Options,
        now: u64,
    ) -> Result<Role, ServiceError> {
        let header = authorization
            .ok_or_else(|| ServiceError::unauthorized("No Authorization header was sent"))?;
        let token = match header.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => return Err(ServiceError::unauthorized("The Authorization is no bearer token")),
        };
        if token == options.token {
            return Ok(Role::Member);
        }
        if token == options.read_only_token {
            return Ok(Role::Viewer);
        }
        match self.issued.get(token) {
            Some(expires) if now < *expires => Ok(Role::Member),
            Some(_) => Err(ServiceError::unauthorized("The access token has expired")),
            None => Err(ServiceError::unauthorized("The access token is not valid")),
        }
    }

    /// Ends the life of all tokens that were issued.
    pub(crate) fn expire(&mut self, now: u64) {
        for expires in self.issued.values_mut() {
            *expires = now.min(*expires);
        }
    }

    /// A new token that lives until `expires`.
    pub(crate) fn issue(&mut self, random: &mut Rng, expires: u64) -> String {
        let token = format!("simulated-{}", ids::hex(random, 32));
        self.issued.insert(token.clone(), expires);
        token
    }
}
