//! IP addresses and blocks of them.

/// An IPv4 or IPv6 address. An IPv4 address written as an IPv6 one (`::ffff:a00:1`) is the IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Address {
    V4(u32),
    V6(u128),
}

impl Address {
    /// Reads what the engine takes for an address: four decimal parts with dots, or hexadecimal groups with colons.
    /// Leading zeros are allowed, the mixed form with dots and colons is not.
    pub(crate) fn parse(text: &str) -> Option<Address> {
        // Looked at for every string, so the many that are no address must leave quickly.
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.') {
            return None;
        }
        if text.contains(':') { parse_v6(text) } else { parse_v4(text).map(Address::V4) }
    }
}

fn parse_v4(text: &str) -> Option<u32> {
    // Fifteen characters hold every address without superfluous zeros.
    if text.len() > 15 {
        return None;
    }
    let mut address: u32 = 0;
    let mut parts = 0;
    for part in text.split('.') {
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        address = address << 8 | u32::from(part.parse::<u8>().ok()?);
        parts += 1;
    }
    (parts == 4).then_some(address)
}

fn parse_v6(text: &str) -> Option<Address> {
    let groups = match text.split_once("::") {
        Some((head, tail)) => {
            let (head, tail) = (read_groups(head)?, read_groups(tail)?);
            // `::` stands for at least one group.
            let missing = 8usize.checked_sub(head.len() + tail.len()).filter(|missing| *missing > 0)?;
            [head, vec![0; missing], tail].concat()
        }
        None => read_groups(text)?,
    };
    if groups.len() != 8 {
        return None;
    }
    let address = groups.iter().fold(0u128, |address, group| address << 16 | u128::from(*group));
    // The block ::ffff:0:0/96 is IPv4 in IPv6's clothes.
    Some(if address >> 32 == 0xFFFF { Address::V4(address as u32) } else { Address::V6(address) })
}

fn read_groups(text: &str) -> Option<Vec<u16>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    text.split(':')
        .map(|group| {
            let digits = group.trim_start_matches('0');
            if group.is_empty() || !group.bytes().all(|byte| byte.is_ascii_hexdigit()) || digits.len() > 4 {
                return None;
            }
            if digits.is_empty() { Some(0) } else { u16::from_str_radix(digits, 16).ok() }
        })
        .collect()
}

/// A block of addresses in CIDR notation, `10.0.0.0/24`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Block {
    pub(crate) text: String,
    first: Address,
    last: Address,
}

impl Block {
    /// Reads a block; the error says what is wrong and what would be right.
    pub(crate) fn parse(text: &str) -> Result<Block, (&'static str, &'static str)> {
        let example = tr!("write an address, `/` and the number of fixed bits, e.g. `10.0.0.0/24` or `2001:db8::/32`");
        // The engine forgives slashes at the end.
        let Some((address, bits)) = text.trim_end_matches('/').split_once('/').filter(|(_, bits)| !bits.contains('/'))
        else {
            return Err((tr!("`cidr` needs exactly one `/`"), example));
        };
        let bits: i32 =
            bits.parse().map_err(|_| (tr!("the number of bits after `/` must be a whole number"), example))?;
        let address =
            Address::parse(address).ok_or((tr!("`cidr` needs an IPv4 or IPv6 address before the `/`"), example))?;
        if bits < 0 {
            return Err((tr!("the number of bits after `/` must not be negative"), example));
        }
        let (first, last) = match address {
            Address::V4(_) if bits > 31 => {
                return Err((
                    tr!("an IPv4 block has at most 31 fixed bits"),
                    tr!("to match one address, write it as a plain string"),
                ));
            }
            Address::V6(_) if bits > 127 => {
                return Err((
                    tr!("an IPv6 block has at most 127 fixed bits"),
                    tr!("to match one address, write it as a plain string"),
                ));
            }
            Address::V4(address) => {
                let free = u32::MAX.checked_shr(bits as u32).unwrap_or(0);
                (Address::V4(address & !free), Address::V4(address | free))
            }
            Address::V6(address) => {
                let free = u128::MAX.checked_shr(bits as u32).unwrap_or(0);
                (Address::V6(address & !free), Address::V6(address | free))
            }
        };
        Ok(Block { text: text.to_string(), first, last })
    }

    pub(crate) fn contains(&self, address: Address) -> bool {
        std::mem::discriminant(&self.first) == std::mem::discriminant(&address)
            && self.first <= address
            && address <= self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_many_spellings() {
        for same in ["10.0.0.1", "10.0.0.01", "::ffff:a00:1", "0:0:0:0:0:FFFF:0a00:0001"] {
            assert_eq!(Address::parse(same), Some(Address::V4(0x0A00_0001)), "{same}");
        }
        assert_eq!(Address::parse("::1"), Address::parse("0:0:0:0:0:0:0:00001"));
        for other in
            ["10.0.1", "10.0.0.256", "10.0.0.1 ", "1:2", ":::", "::1%lo", "::ffff:10.0.0.1", "1::2::3", ":", ""]
        {
            assert_eq!(Address::parse(other), None, "{other}");
        }
    }

    #[test]
    fn blocks() {
        let block = Block::parse("10.0.0.77/24").unwrap();
        assert!(block.contains(Address::parse("10.0.0.0").unwrap()));
        assert!(block.contains(Address::parse("10.0.0.255").unwrap()));
        assert!(!block.contains(Address::parse("10.0.1.0").unwrap()));
        assert!(!block.contains(Address::parse("::a00:1").unwrap()));
        assert!(Block::parse("0.0.0.0/0").unwrap().contains(Address::parse("255.255.255.255").unwrap()));
        for wrong in ["10.0.0.0", "10.0.0.0/", "10.0.0.0/32", "::/128", "10.0.0.0/-1", "a/8", "10.0.0.0/8/8"] {
            assert!(Block::parse(wrong).is_err(), "{wrong}");
        }
    }
}
