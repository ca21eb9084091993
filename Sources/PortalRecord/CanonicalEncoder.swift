/// Turns any `Encodable` value into a ``CanonicalValue``, without Foundation.
enum CanonicalEncoder {
    static func value(of value: some Encodable) throws -> CanonicalValue {
        let slot = Slot()
        try value.encode(to: SlotEncoder(slot: slot, codingPath: []))
        return slot.value
    }

    /// Where one value is being built.
    fileprivate final class Slot {
        var scalar: CanonicalValue?
        var members: [(key: String, slot: Slot)]?
        var elements: [Slot]?

        var value: CanonicalValue {
            if let members {
                return .object(members.map { ($0.key, $0.slot.value) })
            }
            if let elements { return .array(elements.map(\.value)) }
            return scalar ?? .null
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
            default: try value.encode(to: SlotEncoder(slot: self, codingPath: path))
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
