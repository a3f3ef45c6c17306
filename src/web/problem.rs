//! Answers that are no success: a status for programs and a sentence for people, always JSON.

use super::{Refusal, Trouble};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Why a request is not answered as asked.
#[derive(Debug)]
pub(super) struct Problem(pub StatusCode, pub String);

impl Problem {
    /// The request itself is wrong.
    pub fn bad(what: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, what.into())
    }
    /// There is no such thing.
    pub fn absent(what: impl Into<String>) -> Self {
        Self(StatusCode::NOT_FOUND, what.into())
    }
    /// Not for whoever asks.
    pub fn forbidden(what: impl Into<String>) -> Self {
        Self(StatusCode::FORBIDDEN, what.into())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Refused(why) => Self(StatusCode::CONFLICT, why),
            Refusal::Unavailable(why) => Self(StatusCode::SERVICE_UNAVAILABLE, why),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(Trouble { error: self.1 })).into_response()
    }
}
