//! Enumerations and the names that they have outside.

/// Gives an enumeration its names: those that users see, that states hold, and that the service writes.
macro_rules! names {
    ($name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        impl $name {
            /// The name of this one.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }

            /// The one of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                [$(Self::$variant),*].into_iter().find(|it| it.as_str() == name)
            }
        }

        impl crate::util::value::FromValue for $name {
            fn from_value<V: crate::util::value::Value>(value: &V) -> Result<Self, crate::util::value::Unreadable> {
                value.text().and_then(|name| Self::from_name(&name)).ok_or(crate::util::value::Unreadable)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

pub(crate) use names;
