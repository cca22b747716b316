//! How an operation, a configuration and a size are named.
//!
//! The name is the symbol, after its kind and the module it stands in, which is named like the
//! crate's folder: the chores read all of them from the image, and no list is kept beside it.

/// Operations: `"Type::method" => fn(arguments) -> Result { body }`.
///
/// A trait is covered by `"Type as Trait"`, with the head of its argument if it has one:
/// `"List as PartialEq<array>"`. What follows ` (` tells two operations of one name apart:
/// `"List::push (dropping)"`.
macro_rules! operations {
    ($($name:literal => fn($($argument:ident: $kind:ty),* $(,)?) $(-> $output:ty)? $body:block)*) => {
        $(const _: () = {
            #[cfg(not(footprint))]
            #[unsafe(export_name = concat!("operation:", module_path!(), "::", $name))]
            fn operation($($argument: $kind),*) $(-> $output)? $body
        };)*
    };
}

/// Configurations: what a user's program would contain, named and measured as one.
///
/// Each is measured in an image that has nothing else, as what else there is changes what the
/// compiler shares and inlines: `--cfg footprint --cfg 'configuration="name"'`.
macro_rules! configurations {
    ($($name:tt => fn($($argument:ident: $kind:ty),* $(,)?) $(-> $output:ty)? $body:block)*) => {
        $(const _: () = {
            #[cfg(any(not(footprint), configuration = $name))]
            #[unsafe(export_name = concat!("configuration:", module_path!(), "::", $name))]
            fn configuration($($argument: $kind),*) $(-> $output)? $body
        };)*
    };
}

/// Types whose size is reported under the name they are given.
macro_rules! sizes {
    ($($name:literal => $kind:ty),* $(,)?) => {
        $(const _: () = {
            #[unsafe(export_name = concat!("size:", module_path!(), "::", $name))]
            static SIZE: usize = size_of::<$kind>();
        };)*
    };
}
