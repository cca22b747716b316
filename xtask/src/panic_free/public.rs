//! The public operations of a crate, read from its sources.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use syn::{
    Attribute, Expr, ExprLit, GenericArgument, ImplItem, Item, ItemImpl, ItemTrait, Lit, Meta,
    PathArguments, Token, TraitItem, Type, TypeParamBound, UseTree, Visibility,
    punctuated::Punctuated,
};

/// Traits whose implementations are left out. Formatting for debugging goes through code of
/// `core` that can panic, and `defmt::Format` is under a feature the image does not have.
const EXCEPTED_TRAITS: [&str; 2] = ["Debug", "Format"];

/// The features of the libraries that the image has.
const FEATURES: [&str; 3] = ["serde", "libm", "ketama"];

/// The public operations of the crate in `folder`, as an image names them: `Type::method`,
/// `function`, `Type as Trait`, and `Trait::method` for what a trait provides.
///
/// Of what a crate derives, only encodings are operations. What is under a feature that the image
/// does not have is none: `Heap` needs an allocator. Code that a macro writes is not seen.
pub fn operations(folder: &Path) -> Result<BTreeSet<String>> {
    let mut source = Source::default();
    let root = folder.join("src/lib.rs");
    source.read(&root, &folder.join("src"), true)?;
    let mut operations = BTreeSet::new();
    for item in &source.items {
        source.operations_of(item, &mut operations);
    }
    Ok(operations)
}

/// The items of a crate, from all of its modules.
#[derive(Default)]
struct Source {
    items: Vec<Item>,
    /// The names that a user can reach.
    exported: BTreeSet<String>,
    /// The traits of the crate.
    traits: BTreeSet<String>,
}

impl Source {
    /// Reads a file and the modules it declares, which are in `folder`.
    fn read(&mut self, file: &Path, folder: &Path, public: bool) -> Result<()> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let parsed = syn::parse_file(&text).with_context(|| file.display().to_string())?;
        self.take(parsed.items, folder, public)
    }

    fn take(&mut self, items: Vec<Item>, folder: &Path, public: bool) -> Result<()> {
        for item in items {
            let (attributes, visibility, name) = declaration(&item);
            if !present(attributes) {
                continue;
            }
            let public = public && matches!(visibility, Some(Visibility::Public(_)));
            match item {
                Item::Mod(module) => {
                    let inner = folder.join(module.ident.to_string());
                    match module.content {
                        Some((_, items)) => self.take(items, &inner, public)?,
                        None => self.read(&module_file(&inner)?, &inner, public)?,
                    }
                    continue;
                }
                Item::Use(ref import) if public => self.export(&import.tree)?,
                Item::Trait(ref item) => {
                    self.traits.insert(item.ident.to_string());
                }
                _ => {}
            }
            self.exported.extend(name.filter(|_| public));
            self.items.push(item);
        }
        Ok(())
    }

    fn export(&mut self, tree: &UseTree) -> Result<()> {
        match tree {
            UseTree::Path(path) => self.export(&path.tree)?,
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.export(tree)?;
                }
            }
            UseTree::Name(name) => {
                self.exported.insert(name.ident.to_string());
            }
            UseTree::Rename(rename) => {
                self.exported.insert(rename.ident.to_string());
            }
            UseTree::Glob(_) => bail!("a public glob import hides what is public: name the items"),
        }
        Ok(())
    }

    fn operations_of(&self, item: &Item, operations: &mut BTreeSet<String>) {
        let (attributes, _, name) = declaration(item);
        let name = name.filter(|name| self.exported.contains(name));
        match (item, name) {
            (Item::Fn(_), Some(name)) => {
                operations.insert(name);
            }
            (Item::Trait(item), Some(name)) => {
                operations.extend(provided(item).map(|method| format!("{name}::{method}")));
            }
            (Item::Impl(item), _) => self.operations_of_impl(item, operations),
            (_, Some(name)) => {
                let derived = derived(attributes).into_iter();
                let encodings = derived.filter(|name| name == "Serialize" || name == "Deserialize");
                operations.extend(encodings.map(|encoding| format!("{name} as {encoding}")));
            }
            _ => {}
        }
    }

    fn operations_of_impl(&self, item: &ItemImpl, operations: &mut BTreeSet<String>) {
        let of = head(&item.self_ty);
        let methods = item.items.iter().filter_map(|item| match item {
            ImplItem::Fn(method) if present(&method.attrs) => Some(method),
            _ => None,
        });
        if let Some((_, path, _)) = &item.trait_ {
            let (name, mut arguments) = head_of_path(path);
            // A constant among the arguments reads like a type.
            let constants: Vec<_> =
                item.generics.const_params().map(|constant| constant.ident.to_string()).collect();
            arguments.retain(|argument| !constants.contains(argument));
            let ours = self.traits.contains(&name) && !self.exported.contains(&name);
            let hidden = arguments.iter().any(|argument| self.is_hidden(argument));
            let excepted = ours || hidden || EXCEPTED_TRAITS.contains(&name.as_str());
            if excepted || methods.count() == 0 {
                return;
            }
            let all = self.implementors(item, of);
            let by_argument = arguments.iter().any(|argument| self.is_exported(argument));
            let arguments = match arguments.as_slice() {
                [] => String::new(),
                some => format!("<{}>", some.join(", ")),
            };
            let reachable = all.iter().filter(|of| by_argument || self.is_exported(of));
            operations.extend(reachable.map(|of| format!("{of} as {name}{arguments}")));
        } else if self.is_exported(&of) {
            let public = methods.filter(|method| matches!(method.vis, Visibility::Public(_)));
            operations.extend(public.map(|method| format!("{of}::{}", method.sig.ident)));
        }
    }

    /// The types that an implementation is for: where it is for whatever implements a trait of the
    /// crate that is not exported, all that do.
    fn implementors(&self, item: &ItemImpl, of: String) -> Vec<String> {
        let bounds = item.generics.type_params().find(|parameter| parameter.ident == of);
        let Some(parameter) = bounds else {
            return vec![of];
        };
        let bounds: Vec<_> = parameter
            .bounds
            .iter()
            .filter_map(|bound| match bound {
                TypeParamBound::Trait(bound) => Some(head_of_path(&bound.path).0),
                _ => None,
            })
            .collect();
        let implementations = self.items.iter().filter_map(|item| match item {
            Item::Impl(item) => item.trait_.as_ref().map(|(_, path, _)| (path, &item.self_ty)),
            _ => None,
        });
        implementations
            .filter(|(path, _)| bounds.contains(&head_of_path(path).0))
            .map(|(_, of)| head(of))
            .collect()
    }

    fn is_exported(&self, head: &str) -> bool {
        self.exported.contains(bare(head))
    }

    /// Whether it is a type of the crate that no user can name.
    fn is_hidden(&self, head: &str) -> bool {
        let is_declared = |item: &Item| match item {
            Item::Struct(item) => item.ident == bare(head),
            Item::Enum(item) => item.ident == bare(head),
            _ => false,
        };
        !self.is_exported(head) && self.items.iter().any(is_declared)
    }
}

/// A head without references.
fn bare(head: &str) -> &str {
    head.trim_start_matches("&mut ").trim_start_matches('&')
}

/// The attributes of an item, its visibility and its name, as far as it has them.
fn declaration(item: &Item) -> (&[Attribute], Option<&Visibility>, Option<String>) {
    match item {
        Item::Const(item) => (&item.attrs, Some(&item.vis), None),
        Item::Enum(item) => (&item.attrs, Some(&item.vis), Some(item.ident.to_string())),
        Item::Fn(item) => (&item.attrs, Some(&item.vis), Some(item.sig.ident.to_string())),
        Item::Impl(item) => (&item.attrs, None, None),
        Item::Mod(item) => (&item.attrs, Some(&item.vis), None),
        Item::Struct(item) => (&item.attrs, Some(&item.vis), Some(item.ident.to_string())),
        Item::Trait(item) => (&item.attrs, Some(&item.vis), Some(item.ident.to_string())),
        Item::Type(item) => (&item.attrs, Some(&item.vis), Some(item.ident.to_string())),
        Item::Use(item) => (&item.attrs, Some(&item.vis), None),
        _ => (&[], None, None),
    }
}

fn module_file(inner: &Path) -> Result<PathBuf> {
    let candidates = [inner.with_extension("rs"), inner.join("mod.rs")];
    let found = candidates.into_iter().find(|file| file.exists());
    found.with_context(|| format!("no file for the module {}", inner.display()))
}

/// The methods that a trait has a body for.
fn provided(item: &ItemTrait) -> impl Iterator<Item = String> {
    item.items.iter().filter_map(|item| match item {
        TraitItem::Fn(method) => method.default.as_ref().map(|_| method.sig.ident.to_string()),
        _ => None,
    })
}

/// A type by its outermost name: `List`, `&List`, `&mut List`, `array`.
fn head(of: &Type) -> String {
    match of {
        Type::Path(path) => head_of_path(&path.path).0,
        Type::Reference(reference) if reference.mutability.is_some() => {
            format!("&mut {}", head(&reference.elem))
        }
        Type::Reference(reference) => format!("&{}", head(&reference.elem)),
        Type::Paren(inner) => head(&inner.elem),
        Type::Array(_) => "array".to_owned(),
        Type::Slice(_) => "slice".to_owned(),
        Type::Tuple(_) => "tuple".to_owned(),
        _ => "other".to_owned(),
    }
}

/// The last name of a path, and the types it is applied to by their own heads.
fn head_of_path(path: &syn::Path) -> (String, Vec<String>) {
    let Some(last) = path.segments.last() else {
        return Default::default();
    };
    let arguments = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(of) => Some(head(of)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    (last.ident.to_string(), arguments)
}

/// Whether the image's features leave an item in.
fn present(attributes: &[Attribute]) -> bool {
    let conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    conditions.filter_map(|attribute| attribute.parse_args().ok()).all(|meta| holds(&meta))
}

/// Whether a condition of `cfg` may hold in the image, with the features that it has. What depends
/// on the target may hold.
fn holds(condition: &Meta) -> bool {
    may_be(condition, true)
}

fn may_be(condition: &Meta, wanted: bool) -> bool {
    match condition {
        Meta::List(list) => {
            let Ok(inner) = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            else {
                return true;
            };
            let mut inner = inner.iter();
            if list.path.is_ident("not") {
                inner.any(|condition| may_be(condition, !wanted))
            } else if list.path.is_ident("any") == wanted {
                inner.any(|condition| may_be(condition, wanted))
            } else {
                inner.all(|condition| may_be(condition, wanted))
            }
        }
        Meta::NameValue(pair) if pair.path.is_ident("feature") => {
            let had = matches!(
                &pair.value,
                Expr::Lit(ExprLit { lit: Lit::Str(value), .. })
                    if FEATURES.contains(&value.value().as_str())
            );
            had == wanted
        }
        Meta::Path(path) if path.is_ident("test") || path.is_ident("docsrs") => !wanted,
        Meta::NameValue(_) | Meta::Path(_) => true,
    }
}

/// The names of the traits an item derives, also under a condition that holds.
fn derived(attributes: &[Attribute]) -> Vec<String> {
    attributes.iter().flat_map(|attribute| derived_by(&attribute.meta)).collect()
}

fn derived_by(meta: &Meta) -> Vec<String> {
    let Meta::List(list) = meta else {
        return Vec::new();
    };
    let parser = Punctuated::<Meta, Token![,]>::parse_terminated;
    let Ok(inner) = list.parse_args_with(parser) else {
        return Vec::new();
    };
    let mut inner = inner.iter();
    if list.path.is_ident("derive") {
        inner.map(|meta| head_of_path(meta.path()).0).collect()
    } else if list.path.is_ident("cfg_attr") && inner.next().is_some_and(holds) {
        inner.flat_map(derived_by).collect()
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operations_in(text: &str) -> Vec<String> {
        let mut source = Source::default();
        source.take(syn::parse_file(text).unwrap().items, Path::new(""), true).unwrap();
        let mut operations = BTreeSet::new();
        source.items.iter().for_each(|item| source.operations_of(item, &mut operations));
        operations.into_iter().collect()
    }

    #[test]
    fn methods_and_implementations_of_what_is_exported() {
        let found = operations_in(
            "mod inner {
                 pub struct Shown<T>(T);
                 impl<T> Shown<T> { pub fn open(&self) {} fn private(&self) {} }
                 impl<T, const N: usize> From<Sized<N>> for Shown<T> { fn from(_: Sized<N>) {} }
                 impl<T, const N: usize> Wide<N> for Shown<T> { fn wide(&self) {} }
                 impl<T> PartialEq<[T; 3]> for Shown<T> { fn eq(&self, _: &[T; 3]) -> bool { true } }
                 impl<'a, T> IntoIterator for &'a mut Shown<T> { fn into_iter(self) {} }
                 impl<T> Eq for Shown<T> {}
                 impl<T> core::fmt::Debug for Shown<T> { fn fmt(&self) {} }
                 pub struct Hidden;
                 impl Hidden { pub fn unseen(&self) {} }
                 trait Internal { fn call(&self); }
                 impl<T> TryFrom<Hidden> for Shown<T> { fn try_from(_: Hidden) {} }
                 impl Internal for Shown<u8> { fn call(&self) {} }
                 impl Internal for Hidden { fn call(&self) {} }
                 pub trait Callable { fn call_out(&self); }
                 impl<T: Internal> Callable for T { fn call_out(&self) {} }
             }
             pub use inner::{Callable, Shown};
             pub fn free() {}",
        );
        let expected = [
            "&mut Shown as IntoIterator",
            "Shown as Callable",
            "Shown as From<Sized>",
            "Shown as PartialEq<array>",
            "Shown as Wide",
            "Shown::open",
            "free",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn features_and_derived_encodings() {
        let found = operations_in(
            r#"#[cfg_attr(feature = "serde", derive(serde::Serialize, Clone))]
               pub struct Encoded;
               #[cfg(feature = "alloc")]
               impl Encoded { pub fn grow(&self) {} }
               #[cfg(all(feature = "serde", not(feature = "std")))]
               impl Encoded { pub fn bounded(&self) {} }
               #[cfg(test)]
               mod tests { pub fn untold() {} }"#,
        );
        assert_eq!(found, ["Encoded as Serialize", "Encoded::bounded"]);
    }
}
