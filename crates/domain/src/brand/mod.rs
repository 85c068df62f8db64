//! How a business looks in its portal: a colour that can be read, and pictures that are what they say.

pub mod colour;
pub mod picture;

pub use colour::{Colour, Palette, TooLight};
pub use picture::{Format, Picture};
