//! Tokens that run out in the middle of a wait.

use serde_json::Value as Json;
use vra_simulator::{ORGANIZATION, Options, REFRESH_TOKEN};
use vra_snapshots::{Call, Now, Outcome, Phase};

use super::service::{Simulated, create};
use crate::bench::{Bench, id};
use crate::service::Service;

/// Trades the refresh token for an access token.
type Login = fn() -> Call;

/// A service whose caller trades its refresh token for another access token after every 401.
struct Renewing {
    service: Simulated,
    login: Login,
    field: &'static str,
    renewals: u32,
}

impl Service for Renewing {
    fn answer(&mut self, call: &Call, now: Now) -> Outcome<Json> {
        let outcome = self.service.answer(call, now);
        if matches!(&outcome, Outcome::Answer(answer) if answer.status == 401) {
            let response = self.service.send(&(self.login)(), now);
            assert_eq!(response.status, 200);
            let body: Json = serde_json::from_slice(&response.body).unwrap();
            self.service.token = body[self.field].as_str().unwrap().to_owned();
            self.renewals += 1;
        }
        outcome
    }
}

#[test]
fn a_wait_outlives_its_tokens() {
    let logins: [(Login, &str); 2] = [
        (|| Call::login(REFRESH_TOKEN.into()), "token"),
        (|| Call::tenant_login(&id(ORGANIZATION), REFRESH_TOKEN), "access_token"),
    ];
    for (login, field) in logins {
        let options = Options { token_lifetime_ms: 20_000, ..Options::default() };
        let mut service = Simulated::new(options);
        service.token = "stale".into();
        let mut service = Renewing { service, login, field, renewals: 0 };
        let mut bench = Bench::new(create("7f8091a2b3c4d5e6"));
        bench.run(&mut service);
        assert_eq!(bench.machine.phase(), Phase::Finished);
        assert!(service.renewals >= 3, "{} renewals in 80 s", service.renewals);
    }
}
