//! `$filter`: comparisons of a field with a quoted text (`eq`, `ne`), joined by `and`, `or` and parentheses.

use crate::http::error::ServiceError;

/// Parentheses nested deeper than this are refused, so that a filter cannot exhaust the stack.
const DEEPEST: usize = 32;

/// What can be filtered.
pub(crate) trait Fields {
    /// The names that a filter may use.
    const NAMES: &'static [&'static str];

    /// The value of a field; `None` where this one has none.
    fn field(&self, name: &str) -> Option<&str>;
}

impl<T: Fields> Fields for &T {
    const NAMES: &'static [&'static str] = T::NAMES;

    fn field(&self, name: &str) -> Option<&str> {
        (**self).field(name)
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    Compare { field: &'static str, equal: bool, value: String },
    All(Vec<Filter>),
    Any(Vec<Filter>),
}

impl Filter {
    /// Parses a filter on the fields of `T`. No filter is one that everything passes.
    pub(crate) fn read<T: Fields>(text: Option<&str>) -> Result<Self, ServiceError> {
        let Some(text) = text else { return Ok(Self::All(Vec::new())) };
        let mut parser = Parser { rest: text, names: T::NAMES, depth: 0 };
        let filter = parser.any()?;
        parser.end()?;
        Ok(filter)
    }

    pub(crate) fn passes<T: Fields>(&self, item: &T) -> bool {
        match self {
            Self::Compare { field, equal, value } => {
                item.field(field).is_some_and(|text| matches(value, text)) == *equal
            }
            Self::All(parts) => parts.iter().all(|part| part.passes(item)),
            Self::Any(parts) => parts.iter().any(|part| part.passes(item)),
        }
    }

    /// The only ids that can pass, with repetitions; `None` if any could. With them a list need not be gone through.
    pub(crate) fn ids(&self) -> Option<Vec<&str>> {
        match self {
            Self::Compare { field: "id", equal: true, value } if !value.contains('*') => {
                Some(vec![value])
            }
            Self::Compare { .. } => None,
            Self::All(parts) => parts.iter().find_map(Self::ids),
            Self::Any(parts) => {
                let of_each: Option<Vec<_>> = parts.iter().map(Self::ids).collect();
                of_each.map(|ids| ids.concat())
            }
        }
    }
}

/// Whether a text is what a filter asks for, where `*` stands for any characters.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    text.strip_prefix(start).is_some_and(|text| {
        let ends = text.char_indices().map(|(place, _)| place).chain([text.len()]);
        ends.into_iter().any(|place| text.get(place..).is_some_and(|text| matches(rest, text)))
    })
}

struct Parser<'a> {
    rest: &'a str,
    names: &'static [&'static str],
    depth: usize,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Filter, ServiceError> {
        let mut parts = vec![self.all()?];
        while self.take_word("or") {
            parts.push(self.all()?);
        }
        Ok(Filter::Any(parts))
    }

    fn all(&mut self) -> Result<Filter, ServiceError> {
        let mut parts = vec![self.term()?];
        while self.take_word("and") {
            parts.push(self.term()?);
        }
        Ok(Filter::All(parts))
    }

    fn term(&mut self) -> Result<Filter, ServiceError> {
        if !self.take("(") {
            return self.comparison();
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(refusal("parentheses are nested too deep"));
        }
        let inner = self.any()?;
        if !self.take(")") {
            return Err(self.unexpected("')'"));
        }
        self.depth -= 1;
        Ok(inner)
    }

    fn comparison(&mut self) -> Result<Filter, ServiceError> {
        let names = self.names;
        let field = names.iter().copied().find(|name| self.take_word(name));
        let field =
            field.ok_or_else(|| self.unexpected(&format!("one of {}", names.join(", "))))?;
        let equal = if self.take_word("eq") {
            true
        } else if self.take_word("ne") {
            false
        } else {
            return Err(self.unexpected("'eq' or 'ne'"));
        };
        Ok(Filter::Compare { field, equal, value: self.text()? })
    }

    /// A text in single quotes; a quote in it is doubled.
    fn text(&mut self) -> Result<String, ServiceError> {
        if !self.take("'") {
            return Err(self.unexpected("a text in single quotes"));
        }
        let mut value = String::new();
        loop {
            let (part, rest) =
                self.rest.split_once('\'').ok_or_else(|| refusal("a quote is not closed"))?;
            value.push_str(part);
            match rest.strip_prefix('\'') {
                Some(rest) => {
                    value.push('\'');
                    self.rest = rest;
                }
                None => {
                    self.rest = rest;
                    return Ok(value);
                }
            }
        }
    }

    fn end(&self) -> Result<(), ServiceError> {
        if self.rest.trim_start().is_empty() {
            Ok(())
        } else {
            Err(self.unexpected("'and', 'or' or the end"))
        }
    }

    fn take(&mut self, token: &str) -> bool {
        match self.rest.trim_start().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes a word, unless it is but the beginning of a longer one.
    fn take_word(&mut self, word: &str) -> bool {
        match self.rest.trim_start().strip_prefix(word) {
            Some(rest) if !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn unexpected(&self, wanted: &str) -> ServiceError {
        match self.rest.trim_start() {
            "" => refusal(&format!("{wanted} expected at the end")),
            rest => refusal(&format!("{wanted} expected at '{rest}'")),
        }
    }
}

fn refusal(why: &str) -> ServiceError {
    ServiceError::bad_request(format!("Invalid $filter: {why}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // A failing test may panic.
mod tests {
    use super::*;

    struct Machine;

    impl Fields for Machine {
        const NAMES: &'static [&'static str] = &["name", "id", "project"];

        fn field(&self, name: &str) -> Option<&str> {
            match name {
                "name" => Some("o'brien (1)"),
                "id" => Some("7"),
                _ => None,
            }
        }
    }

    #[test]
    fn filters_pass_and_stop() {
        for (text, passes) in [
            ("id eq '7'", true),
            ("id ne '7'", false),
            ("  id   eq'7' ", true),
            ("name eq 'o''brien (1)'", true),
            ("name eq ''", false),
            ("name eq 'o*'", true),
            ("name eq '*(1)'", true),
            ("name eq 'o*(*)'", true),
            ("name eq 'p*'", false),
            ("name ne 'o*'", false),
            ("project eq 'x'", false),
            ("project ne 'x'", true),
            ("id eq '8' or id eq '7'", true),
            ("id eq '7' and id eq '8'", false),
            ("id eq '7' or id eq '8' and id eq '9'", true),
            ("(id eq '7' or id eq '8') and id eq '9'", false),
            ("((id eq '7'))and(id ne '8')", true),
        ] {
            let filter = Filter::read::<Machine>(Some(text));
            assert_eq!(filter.map(|filter| filter.passes(&Machine)), Ok(passes), "{text}");
        }
        assert_eq!(Filter::read::<Machine>(None).map(|none| none.passes(&Machine)), Ok(true));
    }

    #[test]
    fn a_filter_may_name_the_only_ids_that_can_pass() {
        for (text, ids) in [
            ("id eq '7'", Some(vec!["7"])),
            ("id ne '7'", None),
            ("id eq '7' or id eq '8' or id eq '7'", Some(vec!["7", "8", "7"])),
            ("id eq '7' or name eq 'n'", None),
            ("name eq 'n' and (id eq '7' or id eq '8')", Some(vec!["7", "8"])),
            ("id eq '7' and id eq '8'", Some(vec!["7"])),
            ("name eq 'id'", None),
        ] {
            let filter = Filter::read::<Machine>(Some(text)).unwrap();
            assert_eq!(filter.ids(), ids, "{text}");
        }
        assert_eq!(Filter::read::<Machine>(None).unwrap().ids(), None);
    }

    #[test]
    fn malformed_filters_are_refused() {
        let deep = format!("{}id eq '7'{}", "(".repeat(40), ")".repeat(40));
        for text in [
            "",
            "id",
            "id eq",
            "id eq 7",
            "id eq \"7\"",
            "id eq '7",
            "id eq 'o'brien'",
            "id gt '7'",
            "id eq '7' and",
            "id eq '7' id eq '8'",
            "id eq '7')",
            "(id eq '7'",
            "ideq '7'",
            "idx eq '7'",
            "owner eq 'x'",
            "'7' eq id",
            &deep,
        ] {
            assert!(Filter::read::<Machine>(Some(text)).is_err(), "{text}");
        }
    }
}
