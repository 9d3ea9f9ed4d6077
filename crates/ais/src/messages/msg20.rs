//! Type 20: slots that base stations reserve, in one to four runs.

use super::layout::layout;

layout! {
    /// What the payload does not reach is 0.
    Reservation, 72 bits {
        offset1: u16 = 40, 12, 0;
        number1: u8 = 52, 4, 0;
        timeout1: u8 = 56, 3, 0;
        increment1: u16 = 59, 11, 0;
        offset2: u16 = 70, 12, 0;
        number2: u8 = 82, 4, 0;
        timeout2: u8 = 86, 3, 0;
        increment2: u16 = 89, 11, 0;
        offset3: u16 = 100, 12, 0;
        number3: u8 = 112, 4, 0;
        timeout3: u8 = 116, 3, 0;
        increment3: u16 = 119, 11, 0;
        offset4: u16 = 130, 12, 0;
        number4: u8 = 142, 4, 0;
        timeout4: u8 = 146, 3, 0;
        increment4: u16 = 149, 11, 0;
    }
}
