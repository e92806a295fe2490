//! Lists of thousands: what is asked for by its id is looked up, and the rest is not gone through.

use indexmap::IndexMap;

use crate::http::filter::{Fields, Filter};

/// The elements that pass a filter, in the order of the list. `form` is what the filter looks at.
pub(crate) fn passing<'a, T, F: Fields>(
    list: &'a IndexMap<String, T>,
    filter: &Filter,
    form: impl Fn(&'a T) -> F,
) -> Vec<&'a T> {
    let passes = |element: &&'a T| filter.passes(&form(element));
    let Some(ids) = filter.ids() else { return list.values().filter(passes).collect() };
    let mut places: Vec<usize> = ids.into_iter().filter_map(|id| list.get_index_of(id)).collect();
    places.sort_unstable();
    places.dedup();
    let found = places.into_iter().filter_map(|place| list.get_index(place));
    found.map(|(_, element)| element).filter(passes).collect()
}
