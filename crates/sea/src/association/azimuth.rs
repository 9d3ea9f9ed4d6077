//! Where a moving target appears in a synthetic aperture radar image: beside its place along the track of the
//! platform, by the speed at which it comes or goes along the line of sight.

/// To which side of its flight the radar looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Right,
    Left,
}

/// How the platform flew and how steeply it looked at one place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Geometry {
    /// Direction of the platform's track over ground, degrees true.
    pub track_deg: f64,
    pub side: Side,
    /// Slant range to the place, metres.
    pub slant_range_m: f64,
    /// Angle between the line of sight and the vertical at the place, degrees.
    pub look_deg: f64,
    /// Of the platform, metres per second.
    pub platform_speed_m_s: f64,
}

/// Slant range over flat ground from a height, metres: 693 km at 35 degrees are 846 km.
pub fn slant_range_m(height_m: f64, look_deg: f64) -> f64 {
    height_m / libm::cos(look_deg.to_radians())
}

impl Geometry {
    /// Speed away from the radar along the line of sight: v sin(course - track) sin(look) when looking right.
    /// The ground speed across the track is seen only by its part along the slant line: sin(look) is never left out.
    pub fn radial_speed_m_s(&self, speed_m_s: f64, course_deg: f64) -> f64 {
        let across = speed_m_s * libm::sin((course_deg - self.track_deg).to_radians());
        let away = match self.side {
            Side::Right => across,
            Side::Left => -across,
        };
        away * libm::sin(self.look_deg.to_radians())
    }

    /// The displacement R v_r / V (Raney 1971, IEEE Trans. AES 7(3)). Positive for a target that goes away; it
    /// appears that far *behind* its place, against the platform's flight. 0 for a platform that stands.
    pub fn azimuth_shift_m(&self, speed_m_s: f64, course_deg: f64) -> f64 {
        if self.platform_speed_m_s == 0.0 {
            return 0.0;
        }
        self.slant_range_m * self.radial_speed_m_s(speed_m_s, course_deg) / self.platform_speed_m_s
    }

    /// Metres of displacement for each metre per second across the track.
    pub fn metres_per_speed(&self) -> f64 {
        self.azimuth_shift_m(1.0, self.track_deg + 90.0)
    }
}
