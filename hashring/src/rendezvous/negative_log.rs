//! How unlikely a score is: a logarithm in integers.

/// −log₂ of (score with its lowest bit set) / 2⁶⁴, in units of 2⁻⁵⁷: of a score of chance it is
/// that of a number evenly spread between 0 and 1. At most 2⁶³.
///
/// It is off by less than 2⁻⁵⁶, and never larger for a higher score. In integers, so that it is the
/// same on every machine.
///
/// Where the least of n of these over weights decides, ε that each may be off by changes the chance
/// of a node with the share s by a factor of at most e^(ε ln 2 · (n + 1/s)): the process that they
/// come from has no memory, so that it is as if each of the others began ε/weight later, and this
/// node that much sooner.
///
/// The fraction is 2⁻ⁿ · m with m from ½ on, of which the first seven bits i choose a reciprocal r
/// of 12 bits, such that m · r = 1 − z with z from 0 to below 1/64. Then −log₂ m is log₂ r − log₂(1
/// − z): the one is from a table, and the other is the series z/ln 2 + z²/(2 ln 2) + …. All of its
/// terms are positive, by which what is rounded down cannot turn an order round.
pub(crate) fn negative_log(score: u64) -> u64 {
    let fraction = score | 1;
    let zeros = fraction.leading_zeros();
    let mantissa = fraction.wrapping_shl(zeros);
    let at = (mantissa >> 57 & 63) as usize;
    let reciprocal = u64::from(RECIPROCALS.get(at).copied().unwrap_or(0));
    let log = LOGS.get(at).copied().unwrap_or(0);

    // 1 − m · r in units of 2^-70, of which the lower 64 bits are all that there is.
    let product = (mantissa >> 6)
        .wrapping_mul(reciprocal)
        .wrapping_add((mantissa & 63).wrapping_mul(reciprocal) >> 6);
    let rest = product.wrapping_neg();
    // Even and odd terms apart, as they need not wait for each other.
    let square = upper_half(rest, rest);
    let sum = |terms: &[u64]| {
        terms.iter().fold(0_u64, |sum, term| term.wrapping_add(upper_half(sum, square)))
    };
    let series = sum(&ODD).wrapping_add(upper_half(sum(&EVEN), rest));
    let log = log.wrapping_add(upper_half(series, rest) >> 6);
    (u64::from(zeros) << 57).wrapping_add(log >> 6)
}

/// Of the product.
const fn upper_half(one: u64, other: u64) -> u64 {
    ((one as u128).wrapping_mul(other as u128) >> 64) as u64
}

/// 1/(k ln 2) for k = 9, 7, 5, 3 and 1, in units of 2^(6k − 69), rounded down.
const ODD: [u64; 5] =
    [0x1484, 0x1a6_1762, 0x24_eed8_a1df, 0x3_d8e1_3b87_407f, 0xb8aa_3b29_5c17_f0bb];

/// The same for k = 8, 6, 4 and 2.
const EVEN: [u64; 4] = [0x5_c551, 0x7b1c_2770, 0xb8a_a3b2_95c1, 0x171_5476_52b8_2fe1];

/// r · 2¹² for i from 64 to 127: 2¹⁹/(i + 1), rounded down, by which m · r is not above 1.
const RECIPROCALS: [u16; 64] = reciprocals();

#[expect(clippy::cast_possible_truncation, reason = "at most 2^19/65")]
const fn reciprocals() -> [u16; 64] {
    let mut table = [0; 64];
    let mut free: &mut [u16] = &mut table;
    let mut above = 65_u32;
    while let [place, others @ ..] = free {
        if let Some(reciprocal) = (1_u32 << 19).checked_div(above) {
            *place = reciprocal as u16;
        }
        above = above.wrapping_add(1);
        free = others;
    }
    table
}

/// log₂ r of each of the reciprocals, in units of 2⁻⁶³, rounded to the nearest.
const LOGS: [u64; 64] = [
    0x7d1d_5edc_573c_1698,
    0x7a4c_c8ec_9386_95f8,
    0x7789_379a_9abb_32bf,
    0x74cd_4bd8_03f7_bd87,
    0x7219_86b2_9998_6de9,
    0x6f6e_6c8e_0304_bab1,
    0x6cd2_ec1b_96d1_4954,
    0x6a3a_d90c_b96a_cf36,
    0x67b3_a605_3c6c_a32d,
    0x652a_23b8_ff01_84f8,
    0x62b2_a483_1147_ea08,
    0x6040_4dea_d15b_370f,
    0x5dd3_7231_0dd7_2d52,
    0x5b73_6e73_db37_84c0,
    0x5919_beaf_87c9_eb1d,
    0x56c6_bb5e_06a4_a7c1,
    0x547a_bed2_bd94_4796,
    0x5236_2527_d13d_8978,
    0x4ff9_4c28_cdf7_f23e,
    0x4dc4_933a_9337_b366,
    0x4b98_5b40_69c0_a78a,
    0x496d_4562_dcf4_115a,
    0x474b_4878_9db7_9e1d,
    0x452a_da26_4e19_faeb,
    0x4314_221e_2648_eac9,
    0x4107_87fd_ad93_bc35,
    0x3efd_3fb6_98d6_4274,
    0x3cf5_6de3_5b03_7f86,
    0x3af8_9b20_e9bd_6091,
    0x38fe_b94f_a005_c036,
    0x3707_f011_5853_6ec1,
    0x351d_1034_500e_0ed2,
    0x3335_c915_4a61_e6ed,
    0x3149_6ec5_d426_dd63,
    0x2f69_c1f8_a4c1_cbcf,
    0x2d8e_2f54_9b4f_cfb8,
    0x2bb6_e388_6742_bb23,
    0x29ed_3ebb_060c_79b7,
    0x281f_20ae_af4a_92fb,
    0x2655_d3c4_f15c_343f,
    0x2491_8769_c24e_b082,
    0x22d2_6ba6_9f64_5472,
    0x210f_0b02_cf83_f751,
    0x1f5a_cbef_bb7f_8b66,
    0x1da2_7cae_854e_dcaf,
    0x1bf9_e14f_c5c7_100f,
    0x1a4d_6cc5_a2f1_e843,
    0x18a7_26b4_d814_1770,
    0x16fd_1251_361d_7820,
    0x1563_adff_6b1d_0837,
    0x13c6_b625_29b2_d2b1,
    0x1226_1a9f_7943_f067,
    0x1096_e5a2_261b_de98,
    0x0f04_4a49_7730_558a,
    0x0d6e_39a1_ac1a_7aa6,
    0x0bea_49a0_d05e_eef9,
    0x0a58_3a8f_02bb_5817,
    0x08d8_bac5_81a3_189d,
    0x0756_180a_d352_45a8,
    0x05db_73dc_8ead_1a61,
    0x045d_c108_74fc_17dc,
    0x02e8_4fa6_2f57_00f1,
    0x016f_e50b_6ef0_8518,
    0x0000_0000_0000_0000,
];

#[cfg(test)]
#[path = "../../tests/exact/mod.rs"]
#[allow(clippy::arithmetic_side_effects)] // A test may panic.
mod exact;

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)] // A test may panic.
mod tests {
    use super::exact::{negative_log2, over_ln_2};
    use super::*;
    use crate::split_mix::SplitMix;

    /// From 1.02 units too low to 0.02 too high, by numbers that have 128 to each of them.
    fn check(score: u64) {
        let found = u128::from(negative_log(score)) << 7;
        let exact = negative_log2(score | 1);
        assert!(found <= exact + 3 && exact <= found + 130, "{score:x}: {found:x} {exact:x}");
    }

    #[test]
    fn it_is_off_by_less_than_it_says() {
        let mut random = SplitMix::new(1);
        let points = if cfg!(miri) { 2 } else { 2_000 };
        for _ in 0..points {
            let score = random.next();
            check(score);
            check(score >> (random.next() & 63));
            check(!(score >> (random.next() & 63)));
        }
        for score in [0, 1, 2, 3, u64::MAX, u64::MAX - 1, (1 << 63) - 1] {
            check(score);
        }
        // Where z is largest, and least.
        for first in 64..128_u64 {
            check(first << 57);
            check((first << 57 | ((1 << 57) - 1)) >> 9);
        }
        // 64 halvings, as nearly as it is.
        assert_eq!((negative_log(0), negative_log(u64::MAX)), ((1 << 63) - 1, 0));
    }

    /// Between these, each step of the calculation turns what is no smaller into what is no
    /// smaller.
    #[test]
    #[cfg_attr(miri, ignore = "takes long, and `cargo test` runs it")]
    fn no_higher_score_has_a_larger_one_where_the_reciprocal_changes() {
        for zeros in 0..64 {
            for first in 64..128_u64 {
                let first = (first << 57) >> zeros;
                assert!(negative_log(first.saturating_sub(1)) >= negative_log(first), "{first:x}");
            }
        }
    }

    #[test]
    fn no_higher_score_has_a_larger_one_near_it() {
        let mut random = SplitMix::new(2);
        for _ in 0..if cfg!(miri) { 20 } else { 100_000 } {
            let score = random.next();
            let higher = score.saturating_add(random.next() >> (random.next() & 63));
            assert!(negative_log(score) >= negative_log(higher), "{score:x} {higher:x}");
        }
    }

    /// The tables are what their descriptions say.
    #[test]
    #[cfg_attr(miri, ignore = "takes long, and `cargo test` runs it")]
    fn tables() {
        for (above, (&reciprocal, &log)) in (65..).zip(RECIPROCALS.iter().zip(&LOGS)) {
            let reciprocal = u64::from(reciprocal);
            assert!(reciprocal * above <= 1 << 19 && (reciprocal + 1) * above > 1 << 19);
            // log r = 1 - (-log (r/2)), in units of 2^-63.
            let exact = (1_u128 << 64) - negative_log2(reciprocal << 51);
            assert_eq!(exact >> 1, log.into());
        }
        let (odd, even) = (ODD.iter().zip([9, 7, 5, 3, 1]), EVEN.iter().zip([8, 6, 4, 2]));
        for (&term, k) in odd.chain(even) {
            assert_eq!(over_ln_2(k, 69 - 6 * k), term.into());
        }
    }
}
