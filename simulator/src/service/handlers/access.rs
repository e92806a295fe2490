//! The calls that need no token: what the service is, and how to get a token.

use serde_json::{Value, json};

use super::Answer;
use crate::http::error::ServiceError;
use crate::http::message::{Query, Request, Response};
use crate::http::specification::json_object;
use crate::service::Simulator;

impl Simulator {
    pub(super) fn about(&self) -> Answer {
        let path = "/iaas/api/swagger/api-docs";
        let deprecation =
            json!({ "deprecatedAt": "2021-07-15", "description": "Use a later version" });
        let body = json!({
            "latestApiVersion": "2021-07-15",
            "supportedApis": [
                {
                    "apiVersion": "2019-01-15",
                    "documentationLink": format!("{path}/2019-01-15"),
                    "deprecationPolicy": deprecation,
                },
                { "apiVersion": "2021-07-15", "documentationLink": format!("{path}/2021-07-15") },
            ],
        });
        Ok(Response::json(200, &body))
    }

    pub(super) fn login(&mut self, request: &Request) -> Answer {
        let body = json_object(request)?;
        match body.get("refreshToken") {
            Some(Value::String(token)) if *token == self.options.refresh_token => {
                let token = self.issue_token();
                Ok(Response::json(200, &json!({ "token": token, "tokenType": "Bearer" })))
            }
            Some(Value::String(_)) => Err(ServiceError::bad_request("Invalid refresh token")),
            _ => Err(ServiceError::bad_request("refreshToken is required and must be a string")),
        }
    }

    /// VCF Automation 9's endpoint. Its errors are those of OAuth 2.
    pub(super) fn tenant_token(&mut self, organization: &str, request: &Request) -> Answer {
        let refusal = |status, error, description: &str| {
            let body = json!({ "error": error, "error_description": description });
            Ok(Response::json(status, &body))
        };
        if organization != self.options.organization {
            return refusal(401, "invalid_client", "No such organization");
        }
        if !request.is_of_type("application/x-www-form-urlencoded") {
            return refusal(400, "invalid_request", "The body must be a form");
        }
        let form = Query::parse(&request.body);
        if form.get("grant_type") != Some("refresh_token") {
            return refusal(400, "unsupported_grant_type", "grant_type must be refresh_token");
        }
        match form.get("refresh_token") {
            None => refusal(400, "invalid_request", "refresh_token is required"),
            Some(token) if token != self.options.refresh_token => {
                refusal(400, "invalid_grant", "Invalid refresh token")
            }
            Some(_) => {
                let body = json!({
                    "access_token": self.issue_token(),
                    "token_type": "Bearer",
                    "expires_in": self.options.token_lifetime_ms / 1_000,
                });
                Ok(Response::json(200, &body))
            }
        }
    }

    fn issue_token(&mut self) -> String {
        let expires = self.now.saturating_add(self.options.token_lifetime_ms);
        self.tokens.issue(&mut self.random, expires)
    }
}
