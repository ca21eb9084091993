/// Writes any `Encodable` value as canonical JSON, without Foundation.
///
/// Each value is written as soon as it is complete, so that a report of fifty thousand results
/// never stands in memory as a tree beside its bytes.
enum CanonicalEncoder {
    static func bytes(of value: some Encodable) throws -> [UInt8] {
        let slot = Slot()
        try slot.put(value, path: [])
        return slot.bytes
    }

    /// Where one value is being built.
    fileprivate final class Slot {
        var scalar: CanonicalValue?
        /// The value's bytes, where it is complete.
        private var written: [UInt8]?
        var members: [(key: String, slot: Slot)]?
        var elements: [Slot]?

        var bytes: [UInt8] {
            if let written { return written }
            var out: [UInt8] = []
            write(to: &out)
            return out
        }

        private func write(to out: inout [UInt8]) {
            if let written {
                out += written
            } else if let members {
                out.append(UInt8(ascii: "{"))
                let sorted = members.sorted { CanonicalWriter.precedes($0.key, $1.key) }
                for (index, member) in sorted.enumerated() {
                    if index > 0 { out.append(UInt8(ascii: ",")) }
                    CanonicalWriter.write(member.key, to: &out)
                    out.append(UInt8(ascii: ":"))
                    member.slot.write(to: &out)
                }
                out.append(UInt8(ascii: "}"))
            } else if let elements {
                out.append(UInt8(ascii: "["))
                for (index, element) in elements.enumerated() {
                    if index > 0 { out.append(UInt8(ascii: ",")) }
                    element.write(to: &out)
                }
                out.append(UInt8(ascii: "]"))
            } else {
                CanonicalWriter.write(scalar ?? .null, to: &out)
            }
        }

        func member(_ key: any CodingKey) -> Slot {
            let slot = Slot()
            members?.append((key.stringValue, slot))
            return slot
        }

        func element() -> Slot {
            let slot = Slot()
            elements?.append(slot)
            return slot
        }

        func put(_ value: some Encodable, path: [any CodingKey]) throws {
            switch value {
            case let text as String: scalar = .string(text)
            case let number as Int: scalar = .integer(number)
            case let flag as Bool: scalar = .bool(flag)
            default:
                try value.encode(to: SlotEncoder(slot: self, codingPath: path))
                if members != nil || elements != nil {
                    written = bytes
                    members = nil
                    elements = nil
                }
            }
        }

        func put(whole number: (some BinaryInteger & Encodable), path: [any CodingKey]) throws {
            guard let whole = Int(exactly: number) else {
                throw EncodingError.invalidValue(
                    number,
                    .init(codingPath: path, debugDescription: "beyond 64 bits")
                )
            }
            scalar = .integer(whole)
        }

        func refuse(_ number: some Encodable, path: [any CodingKey]) -> EncodingError {
            .invalidValue(number, .init(codingPath: path, debugDescription: "no one spelling"))
        }
    }

    private struct SlotEncoder: Encoder {
        let slot: Slot
        let codingPath: [any CodingKey]
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
            if slot.members == nil { slot.members = [] }
            return KeyedEncodingContainer(Keyed(slot: slot, codingPath: codingPath))
        }

        func unkeyedContainer() -> any UnkeyedEncodingContainer {
            if slot.elements == nil { slot.elements = [] }
            return Unkeyed(slot: slot, codingPath: codingPath)
        }

        func singleValueContainer() -> any SingleValueEncodingContainer {
            Single(slot: slot, codingPath: codingPath)
        }
    }

    private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let slot: Slot
        let codingPath: [any CodingKey]

        func encodeNil(forKey key: Key) { slot.member(key).scalar = .null }
        func encode(_ value: Bool, forKey key: Key) { slot.member(key).scalar = .bool(value) }
        func encode(_ value: String, forKey key: Key) { slot.member(key).scalar = .string(value) }
        func encode(_ value: Int, forKey key: Key) { slot.member(key).scalar = .integer(value) }
        func encode(_ value: Double, forKey key: Key) throws {
            throw slot.refuse(value, path: codingPath)
        }
        func encode(_ value: Float, forKey key: Key) throws {
            throw slot.refuse(value, path: codingPath)
        }
        func encode(_ value: Int8, forKey key: Key) throws { try whole(value, key) }
        func encode(_ value: Int16, forKey key: Key) throws { try whole(value, key) }
        func encode(_ value: Int32, forKey key: Key) throws { try whole(value, key) }
        func encode(_ value: Int64, forKey key: Key) throws { try whole(value, key) }
        func encode(_ value: UInt, forKey key: Key) throws { try whole(value, key) }
        func encode(_ value: UInt8, forKey key: Key) throws { try whole(value, key) }
        func encode(_ value: UInt16, forKey key: Key) throws { try whole(value, key) }
        func encode(_ value: UInt32, forKey key: Key) throws { try whole(value, key) }
        func encode(_ value: UInt64, forKey key: Key) throws { try whole(value, key) }
        func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
            try slot.member(key).put(value, path: codingPath + [key])
        }
        private func whole(_ number: some BinaryInteger & Encodable, _ key: Key) throws {
            try slot.member(key).put(whole: number, path: codingPath)
        }
        func nestedContainer<NestedKey>(
            keyedBy keyType: NestedKey.Type,
            forKey key: Key
        ) -> KeyedEncodingContainer<NestedKey> {
            SlotEncoder(slot: slot.member(key), codingPath: codingPath + [key])
                .container(keyedBy: keyType)
        }
        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            SlotEncoder(slot: slot.member(key), codingPath: codingPath + [key]).unkeyedContainer()
        }
        func superEncoder() -> any Encoder { SlotEncoder(slot: slot, codingPath: codingPath) }
        func superEncoder(forKey key: Key) -> any Encoder {
            SlotEncoder(slot: slot.member(key), codingPath: codingPath + [key])
        }
    }

    private struct Unkeyed: UnkeyedEncodingContainer {
        let slot: Slot
        let codingPath: [any CodingKey]
        var count: Int { slot.elements?.count ?? 0 }

        func encodeNil() { slot.element().scalar = .null }
        func encode<T: Encodable>(_ value: T) throws {
            try slot.element().put(value, path: codingPath)
        }
        func nestedContainer<NestedKey>(
            keyedBy keyType: NestedKey.Type
        ) -> KeyedEncodingContainer<NestedKey> {
            SlotEncoder(slot: slot.element(), codingPath: codingPath).container(keyedBy: keyType)
        }
        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
            SlotEncoder(slot: slot.element(), codingPath: codingPath).unkeyedContainer()
        }
        func superEncoder() -> any Encoder { SlotEncoder(slot: slot, codingPath: codingPath) }
    }

    private struct Single: SingleValueEncodingContainer {
        let slot: Slot
        let codingPath: [any CodingKey]

        func encodeNil() { slot.scalar = .null }
        func encode(_ value: Bool) { slot.scalar = .bool(value) }
        func encode(_ value: String) { slot.scalar = .string(value) }
        func encode(_ value: Int) { slot.scalar = .integer(value) }
        func encode(_ value: Double) throws { throw slot.refuse(value, path: codingPath) }
        func encode(_ value: Float) throws { throw slot.refuse(value, path: codingPath) }
        func encode(_ value: Int8) throws { try slot.put(whole: value, path: codingPath) }
        func encode(_ value: Int16) throws { try slot.put(whole: value, path: codingPath) }
        func encode(_ value: Int32) throws { try slot.put(whole: value, path: codingPath) }
        func encode(_ value: Int64) throws { try slot.put(whole: value, path: codingPath) }
        func encode(_ value: UInt) throws { try slot.put(whole: value, path: codingPath) }
        func encode(_ value: UInt8) throws { try slot.put(whole: value, path: codingPath) }
        func encode(_ value: UInt16) throws { try slot.put(whole: value, path: codingPath) }
        func encode(_ value: UInt32) throws { try slot.put(whole: value, path: codingPath) }
        func encode(_ value: UInt64) throws { try slot.put(whole: value, path: codingPath) }
        func encode<T: Encodable>(_ value: T) throws { try slot.put(value, path: codingPath) }
    }
}
