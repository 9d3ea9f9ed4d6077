//! One table per message type says where each field lies; reading, writing and printing follow from it.

/// Why a message cannot be written as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    #[error("field `{field}` does not fit its bits")]
    Field { field: &'static str },
    #[error("type {message_type} is not written with this body")]
    Type { message_type: u8 },
}

/// How a message is read by its table.
pub(crate) trait Layout {
    fn read(bits: &impl crate::bits::Bits) -> Self;
    /// What a payload of another length than the standard's still says: a field that it does not wholly reach is "not
    /// available".
    fn read_cut(payload: &crate::bits::Payload) -> Self;
}

/// `name: type = start, length, value when not available;` with bits counted from 0 as in M.1371-5 Annex 8.
/// Field names are those of gpsd's AIVDM description.
macro_rules! layout {
    ($(#[$doc:meta])* $name:ident, $bits:literal bits {
        $( $(#[$field_doc:meta])* $field:ident: $kind:ty = $start:literal, $len:literal, $absent:expr; )*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct $name { $( $(#[$field_doc])* pub $field: $kind, )* }

        impl $name {
            /// Length that the standard gives this message.
            pub const BITS: usize = $bits;
            /// Every field as its definition says "not available".
            pub const NOT_AVAILABLE: Self = Self { $( $field: $absent, )* };

            pub(crate) fn write(
                &self,
                payload: &mut $crate::bits::Payload,
            ) -> Result<(), $crate::messages::EncodeError> {
                payload.set_len($bits);
                $( if !$crate::bits::Field::write(self.$field, payload, $start, $len) {
                    return Err($crate::messages::EncodeError::Field { field: stringify!($field) });
                } )*
                Ok(())
            }
            /// Every field under its gpsd name, as transmitted, in the order of the bits.
            pub fn fields<'a>(&'a self, each: &mut impl FnMut(&'static str, $crate::bits::FieldValue<'a>)) {
                $( each(stringify!($field), $crate::bits::Field::value(&self.$field)); )*
            }
        }

        impl $crate::messages::layout::Layout for $name {
            #[inline(always)]
            fn read(bits: &impl $crate::bits::Bits) -> Self {
                Self { $( $field: <$kind as $crate::bits::Field>::read(bits, $start, $len), )* }
            }
            #[cold]
            fn read_cut(payload: &$crate::bits::Payload) -> Self {
                Self { $( $field: if payload.len().saturating_sub($start) >= $len {
                    <$kind as $crate::bits::Field>::read(payload, $start, $len)
                } else {
                    <$kind as $crate::bits::Field>::read_cut(payload, $start, $absent)
                }, )* }
            }
        }
    };
}

pub(crate) use layout;
