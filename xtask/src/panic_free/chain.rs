//! How an operation reaches the panic handler: the functions between them.

use std::collections::{HashMap, VecDeque};

use anyhow::Result;
use object::{
    Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionIndex, SymbolKind,
    read::elf::ElfFile32,
};

use crate::image::{self, Image, PANIC};

/// A section of an object. Each function has its own.
type Place = (usize, SectionIndex);

/// Who refers to whom in an image, from its relocations.
pub struct References<'image> {
    objects: Vec<ElfFile32<'image>>,
    definitions: HashMap<&'image str, Place>,
}

impl<'image> References<'image> {
    pub fn read(image: &'image Image) -> Result<Self> {
        let objects = image.objects()?;
        let mut definitions = HashMap::new();
        for (number, object) in objects.iter().enumerate() {
            for symbol in object.symbols().filter(ObjectSymbol::is_global) {
                if let Some(section) = symbol.section_index() {
                    definitions.entry(symbol.name()?).or_insert((number, section));
                }
            }
        }
        Ok(Self { objects, definitions })
    }

    /// The shortest way from a symbol to the panic handler, as the names of functions; empty if
    /// there is none.
    pub fn chain_to_panic(&self, kind: &str, name: &str) -> Result<Vec<String>> {
        let symbol = image::symbol(kind, name);
        let Some(&start) = self.definitions.get(symbol.as_str()) else {
            return Ok(Vec::new());
        };
        let mut came_from = HashMap::from([(start, start)]);
        let mut queue = VecDeque::from([start]);
        while let Some(place) = queue.pop_front() {
            for next in self.referred(place)? {
                match next {
                    None => return Ok(self.path(start, place, &came_from)),
                    Some(next) if !came_from.contains_key(&next) => {
                        came_from.insert(next, place);
                        queue.push_back(next);
                    }
                    Some(_) => {}
                }
            }
        }
        Ok(Vec::new())
    }

    /// What a place refers to; `None` stands for the panic handler's missing function.
    fn referred(&self, (number, section): Place) -> Result<Vec<Option<Place>>> {
        let object = &self.objects[number];
        let mut places = Vec::new();
        for (_, relocation) in object.section_by_index(section)?.relocations() {
            let RelocationTarget::Symbol(index) = relocation.target() else {
                continue;
            };
            let symbol = object.symbol_by_index(index)?;
            let name = symbol.name()?;
            if name == PANIC {
                places.push(None);
            } else if let Some(section) = symbol.section_index() {
                places.push(Some((number, section)));
            } else if let Some(&place) = self.definitions.get(name) {
                places.push(Some(place));
            }
        }
        Ok(places)
    }

    fn path(&self, start: Place, end: Place, came_from: &HashMap<Place, Place>) -> Vec<String> {
        let mut path = vec![self.name(end)];
        let mut place = end;
        while place != start {
            place = came_from[&place];
            path.push(self.name(place));
        }
        path.reverse();
        path
    }

    /// The function in a section, or the section's own name if it holds data.
    fn name(&self, (number, section): Place) -> String {
        let object = &self.objects[number];
        let function = object.symbols().find(|symbol| {
            symbol.section_index() == Some(section) && symbol.kind() == SymbolKind::Text
        });
        let name = match function {
            Some(symbol) => symbol.name().ok(),
            None => object.section_by_index(section).ok().and_then(|section| section.name().ok()),
        };
        format!("{:#}", rustc_demangle::demangle(name.unwrap_or("?")))
    }
}
