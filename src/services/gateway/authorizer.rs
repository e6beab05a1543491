//! Who may pass: tokens that are compared, tokens that speak for themselves, and functions that are asked
//! (apigateway-use-lambda-authorizer, http-api-lambda-authorizer, http-api-jwt-authorizer).

use super::super::journal::Status;
use super::super::payload::PayloadId;
use super::super::world::World;
use super::Visit;
use super::error::GatewayError;
use super::request::{Api, Parts, View};
use super::routing::Route;
use crate::diagram::EdgeIndex;
use crate::diagram::mapping::{Place, base64_decode, header};
use crate::diagram::settings::{ApiType, Authorizer as AuthorizerSettings};
use crate::kernel::Time;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::rc::Rc;

/// What a function said of a caller.
#[derive(Clone, Debug)]
struct Decision {
    rule: Rule,
    caller: Caller,
}

#[derive(Clone, Debug)]
enum Rule {
    /// isAuthorized.
    Simple(bool),
    /// Statements of a policy: whether each allows, and the methods that it names.
    Policy(Vec<(bool, Vec<String>)>),
}

/// Who calls: what `$context.authorizer` holds, and the API key that the authorizer named.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    pub identity: PayloadId,
    pub usage_key: PayloadId,
}

pub enum Verdict {
    Pass(Caller),
    Refuse(GatewayError),
    /// The function has to be asked with this event; what it says is kept under this number.
    Ask {
        event: PayloadId,
        cache: Option<u32>,
    },
}

#[derive(Clone, Debug, Default)]
pub struct Authorizer {
    pub edge: Option<EdgeIndex>,
    /// What each of the function's answers means; `None` where it is malformed.
    understood: FxHashMap<PayloadId, Option<Rc<Decision>>>,
    keys: FxHashMap<String, u32>,
    cache: Vec<Option<(Time, Rc<Decision>)>>,
    pub asked: u64,
    pub hits: u64,
}

const NOBODY: Caller = Caller { identity: PayloadId::NULL, usage_key: PayloadId::NULL };

impl Authorizer {
    /// Takes over changed settings. What was decided is forgotten.
    pub fn configure(&mut self, edge: Option<EdgeIndex>) {
        self.edge = edge;
        self.keys.clear();
        self.cache.clear();
    }

    pub(super) fn decide(&mut self, visit: &Visit, route: &Route, api: &Api<'_>, world: &mut World) -> Verdict {
        let settings = api.settings;
        let sources = match identify(&settings.identity_sources, visit, route, api, world) {
            Some(sources) => sources,
            None => return Verdict::Refuse(GatewayError::Unauthorized),
        };
        match (&settings.authorizer, self.edge) {
            (AuthorizerSettings::None, _) => Verdict::Pass(NOBODY),
            (AuthorizerSettings::Jwt { issuer, audience }, _) => {
                let token = sources.first().map_or("", String::as_str);
                match check_token(token, issuer, audience, &route.settings.scopes, world.now) {
                    Ok(claims) => {
                        let identity = world.payloads.intern(json!({ "claims": claims }));
                        Verdict::Pass(Caller { identity, ..NOBODY })
                    }
                    Err(error) => Verdict::Refuse(error),
                }
            }
            (AuthorizerSettings::Token { expression: Some(expression), .. }, _)
                if !sources.iter().all(|source| expression.matches(source)) =>
            {
                Verdict::Refuse(GatewayError::Unauthorized)
            }
            (AuthorizerSettings::Token { token, .. }, None) => {
                if sources.first() == Some(token) {
                    Verdict::Pass(NOBODY)
                } else {
                    Verdict::Refuse(GatewayError::Denied)
                }
            }
            (AuthorizerSettings::Request, None) => Verdict::Refuse(GatewayError::AuthorizerFailed),
            (kind, Some(_)) => {
                self.look_up(visit, route, api, &sources, matches!(kind, AuthorizerSettings::Token { .. }), world)
            }
        }
    }

    fn look_up(
        &mut self,
        visit: &Visit,
        route: &Route,
        api: &Api<'_>,
        sources: &[String],
        token: bool,
        world: &mut World,
    ) -> Verdict {
        let mut cache = None;
        // What differs for every request is never found again.
        if api.settings.authorizer_ttl > 0 && !sources.iter().any(|source| source.contains("{{")) {
            let next = self.cache.len() as u32;
            let key = *self.keys.entry(sources.join("\n")).or_insert(next);
            if key == next {
                self.cache.push(None);
            }
            let kept = self.cache.get(key as usize).and_then(Option::as_ref);
            if let Some((_, decision)) = kept.filter(|(until, _)| *until > world.now) {
                self.hits += 1;
                return match decision.check(visit, route, api, world) {
                    Ok(caller) => Verdict::Pass(caller),
                    Err(error) => Verdict::Refuse(error),
                };
            }
            cache = Some(key);
        }
        self.asked += 1;
        let view = View::new(visit, PayloadId::NULL, route, api, world);
        let event = api.authorizer_event(&view, route, sources, token);
        Verdict::Ask { event: world.payloads.intern(event), cache }
    }

    /// The function's answer to the question about a visit.
    pub(super) fn answered(
        &mut self,
        status: Status,
        answer: PayloadId,
        cache: Option<u32>,
        (visit, route): (&Visit, &Route),
        api: &Api<'_>,
        world: &mut World,
    ) -> Result<Caller, GatewayError> {
        match status {
            Status::Http(200..=299) => {}
            Status::FunctionError => {
                let message = world.payloads.get(answer).value.get("errorMessage").and_then(Value::as_str);
                // apigateway-use-lambda-authorizer: exactly this text is a 401.
                let unauthorized = message == Some("Unauthorized");
                return Err(if unauthorized { GatewayError::Unauthorized } else { GatewayError::AuthorizerFailed });
            }
            _ => return Err(GatewayError::AuthorizerFailed),
        }
        let understood = self.understood.entry(answer);
        let decision = understood.or_insert_with(|| Decision::read(answer, api.settings.api_type, world).map(Rc::new));
        let decision = decision.clone().ok_or(GatewayError::AuthorizerMalformed)?;
        if let Some(entry) = cache.and_then(|cache| self.cache.get_mut(cache as usize)) {
            *entry = Some((world.now + api.settings.authorizer_ttl, decision.clone()));
        }
        decision.check(visit, route, api, world)
    }

    /// Decisions that still hold.
    pub fn kept(&self, now: Time) -> u64 {
        self.cache.iter().flatten().filter(|(until, _)| *until > now).count() as u64
    }
}

/// The values that identify the caller; `None` where one is missing.
fn identify(places: &[Place], visit: &Visit, route: &Route, api: &Api<'_>, world: &World) -> Option<Vec<String>> {
    if let [Place::Header(name)] = places {
        let headers = &world.payloads.get(visit.headers).value;
        return header(headers, name).filter(|value| !value.is_empty()).map(|value| vec![value.to_string()]);
    }
    let view = View::new(visit, PayloadId::NULL, route, api, world);
    places.iter().map(|place| place.find(view.scope()).filter(|value| !value.is_empty())).collect()
}

impl Decision {
    /// `None` where the answer is not what the kind of API expects.
    fn read(answer: PayloadId, api: ApiType, world: &mut World) -> Option<Decision> {
        let value = world.payloads.get(answer).value.clone();
        let mut identity = value.get("context").and_then(Value::as_object).cloned().unwrap_or_default();
        let rule = match value.get("isAuthorized") {
            Some(allowed) if api == ApiType::Http => Rule::Simple(allowed.as_bool()?),
            _ => {
                let principal = value.get("principalId")?;
                identity.insert("principalId".to_string(), principal.clone());
                let statements = value.get("policyDocument")?.get("Statement")?;
                let statements = statements.as_array().map_or(std::slice::from_ref(statements), Vec::as_slice);
                Rule::Policy(statements.iter().map(read_statement).collect::<Option<_>>()?)
            }
        };
        let usage_key = value.get("usageIdentifierKey").cloned().unwrap_or_default();
        let caller = Caller {
            identity: world.payloads.intern(Value::Object(identity)),
            usage_key: world.payloads.intern(usage_key),
        };
        Some(Decision { rule, caller })
    }

    /// Whether the visit is allowed: what is denied stays denied, and what is not named is denied as well.
    fn check(&self, visit: &Visit, route: &Route, api: &Api<'_>, world: &World) -> Result<Caller, GatewayError> {
        let statements = match &self.rule {
            Rule::Simple(true) => return Ok(self.caller),
            Rule::Simple(false) => return Err(GatewayError::Denied),
            Rule::Policy(statements) => statements,
        };
        let arn = api.method_arn(&Parts::new(visit.resource, &route.settings.path, world));
        let names = |resources: &[String]| resources.iter().any(|resource| wildcard(resource, &arn));
        let matching = |wanted: bool| statements.iter().any(|(allow, resources)| *allow == wanted && names(resources));
        if matching(false) {
            Err(GatewayError::DeniedExplicitly)
        } else if matching(true) {
            Ok(self.caller)
        } else {
            Err(GatewayError::Denied)
        }
    }
}

/// Whether a statement allows, and what it names: nothing where it is about another action.
fn read_statement(statement: &Value) -> Option<(bool, Vec<String>)> {
    let texts = |name: &str| -> Option<Vec<String>> {
        match statement.get(name)? {
            Value::String(text) => Some(vec![text.clone()]),
            Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_string)).collect(),
            _ => None,
        }
    };
    let allow = match statement.get("Effect")?.as_str()? {
        "Allow" => true,
        "Deny" => false,
        _ => return None,
    };
    let invokes = texts("Action")?.iter().any(|action| wildcard(&action.to_ascii_lowercase(), "execute-api:invoke"));
    Some((allow, if invokes { texts("Resource")? } else { Vec::new() }))
}

/// `*` stands for any text, `?` for any character.
fn wildcard(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut place) = (0, 0);
    // Where the last `*` was, and how much of the text it stands for.
    let mut star: Option<(usize, usize)> = None;
    while place < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(character) if *character == b'?' || *character == text[place] => {
                at += 1;
                place += 1;
            }
            _ => match star {
                Some((star_at, taken)) => {
                    star = Some((star_at, taken + 1));
                    (at, place) = (star_at + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|character| *character == b'*')
}

/// The claims of a token, as far as they are checked: http-api-jwt-authorizer. A token is a compact JWT, or just its
/// claims as JSON; signatures are not checked.
fn check_token(
    token: &str,
    issuer: &str,
    audience: &[String],
    scopes: &[String],
    now: Time,
) -> Result<Value, GatewayError> {
    let token = token.strip_prefix("Bearer ").unwrap_or(token);
    let claims: Value = match token.split('.').nth(1).filter(|_| !token.starts_with('{')) {
        Some(claims) => base64_decode(claims).and_then(|claims| serde_json::from_slice(&claims).ok()),
        None => serde_json::from_str(token).ok(),
    }
    .ok_or(GatewayError::Unauthorized)?;
    let now = now.since_1970() as f64;
    let time = |name: &str| claims.get(name).and_then(Value::as_f64);
    let named = |value: &Value| match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).any(|it| audience.iter().any(|name| name == it)),
        Value::String(text) => audience.contains(text),
        _ => false,
    };
    let meant = claims.get("aud").or_else(|| claims.get("client_id")).is_some_and(named);
    let timely = time("exp").is_some_and(|end| end > now)
        && time("nbf").is_none_or(|start| start <= now)
        && time("iat").is_none_or(|made| made <= now);
    if claims.get("iss").and_then(Value::as_str) != Some(issuer) || !meant || !timely {
        return Err(GatewayError::Unauthorized);
    }
    let given = claims.get("scope").or_else(|| claims.get("scp"));
    let has = |wanted: &String| match given {
        Some(Value::String(text)) => text.split(' ').any(|scope| scope == wanted),
        Some(Value::Array(items)) => items.iter().any(|scope| scope.as_str() == Some(wanted)),
        _ => false,
    };
    if scopes.is_empty() || scopes.iter().any(has) { Ok(claims) } else { Err(GatewayError::MissingScope) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_any_text() {
        let arn = "arn:aws:execute-api:us-east-1:123456789012:api/prod/GET/payments/7";
        for pattern in [arn, "*", "arn:aws:execute-api:*:*:api/prod/GET/*", "arn:*/GET/payments/?", "arn:**7"] {
            assert!(wildcard(pattern, arn), "{pattern}");
        }
        for pattern in ["", "arn:*", "arn:*/POST/*", "arn:*/GET/payments/", "arn:*/GET/payments/??"] {
            assert_eq!(wildcard(pattern, arn), pattern == "arn:*", "{pattern}");
        }
    }

    #[test]
    fn a_compact_token_is_decoded() {
        // {"alg":"none"} . {"iss":"i","aud":["a","b"],"exp":9999999999,"scp":["x"]} . nothing
        let token =
            "Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJpIiwiYXVkIjpbImEiLCJiIl0sImV4cCI6OTk5OTk5OTk5OSwic2NwIjpbIngiXX0.";
        let check = |audience: &str, scope: &str| {
            check_token(token, "i", &[audience.to_string()], &[scope.to_string()], Time::ZERO).map(|_| ())
        };
        assert_eq!(check("b", "x"), Ok(()));
        assert_eq!(check("c", "x"), Err(GatewayError::Unauthorized));
        assert_eq!(check("a", "y"), Err(GatewayError::MissingScope));
    }
}
