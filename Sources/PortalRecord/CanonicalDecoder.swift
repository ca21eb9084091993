/// Reads any `Decodable` value out of a ``CanonicalValue``, without Foundation.
///
/// Where a value stands is not kept while reading: it would cost more than the reading.
enum CanonicalDecoder {
    static func decode<Value: Decodable>(
        _ type: Value.Type,
        from value: CanonicalValue
    ) throws -> Value {
        try read(type, from: value)
    }

    private static func read<Value: Decodable>(
        _ type: Value.Type,
        from value: CanonicalValue
    ) throws -> Value {
        if type == String.self, case .string(let text) = value, let same = text as? Value {
            return same
        }
        return try Value(from: ValueDecoder(value: value))
    }

    private static func mismatch(_ type: Any.Type) -> DecodingError {
        .typeMismatch(type, .init(codingPath: [], debugDescription: "another kind of value"))
    }

    private static func whole<Number: FixedWidthInteger>(
        _ value: CanonicalValue
    ) throws -> Number {
        guard case .integer(let number) = value, let exact = Number(exactly: number) else {
            throw mismatch(Number.self)
        }
        return exact
    }

    private struct ValueDecoder: Decoder {
        let value: CanonicalValue
        var codingPath: [any CodingKey] { [] }
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
            guard case .object(let members) = value else {
                throw CanonicalDecoder.mismatch(Key.self)
            }
            return KeyedDecodingContainer(Keyed(members: members))
        }

        func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
            guard case .array(let elements) = value else {
                throw CanonicalDecoder.mismatch([Any].self)
            }
            return Unkeyed(elements: elements)
        }

        func singleValueContainer() -> any SingleValueDecodingContainer {
            Single(value: value)
        }
    }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let members: [(key: String, value: CanonicalValue)]
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { members.compactMap { Key(stringValue: $0.key) } }

        func contains(_ key: Key) -> Bool { find(key) != nil }

        private func find(_ key: Key) -> CanonicalValue? {
            let name = key.stringValue
            // By bytes: String equality would take é and e with an accent for one key.
            for member in members where member.key.hasSameBytes(as: name) { return member.value }
            return nil
        }

        private func value(_ key: Key) throws -> CanonicalValue {
            guard let value = find(key) else {
                throw DecodingError.keyNotFound(
                    key,
                    .init(codingPath: [], debugDescription: "missing")
                )
            }
            return value
        }

        func decodeNil(forKey key: Key) throws -> Bool {
            if case .null = try value(key) { return true }
            return false
        }
        func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
            guard case .bool(let flag) = try value(key) else {
                throw CanonicalDecoder.mismatch(type)
            }
            return flag
        }
        func decode(_ type: String.Type, forKey key: Key) throws -> String {
            guard case .string(let text) = try value(key) else {
                throw CanonicalDecoder.mismatch(type)
            }
            return text
        }
        func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
            try CanonicalDecoder.whole(try value(key))
        }
        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
            try CanonicalDecoder.read(type, from: try value(key))
        }
        func nestedContainer<NestedKey>(
            keyedBy type: NestedKey.Type,
            forKey key: Key
        ) throws -> KeyedDecodingContainer<NestedKey> {
            try ValueDecoder(value: try value(key))
                .container(keyedBy: type)
        }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try ValueDecoder(value: try value(key))
                .unkeyedContainer()
        }
        func superDecoder() -> any Decoder {
            ValueDecoder(value: .object(members))
        }
        func superDecoder(forKey key: Key) throws -> any Decoder {
            ValueDecoder(value: try value(key))
        }
    }

    private struct Unkeyed: UnkeyedDecodingContainer {
        let elements: [CanonicalValue]
        var codingPath: [any CodingKey] { [] }
        var currentIndex = 0
        var count: Int? { elements.count }
        var isAtEnd: Bool { currentIndex >= elements.count }

        init(elements: [CanonicalValue]) { self.elements = elements }

        private mutating func take() throws -> CanonicalValue {
            guard currentIndex < elements.count else {
                throw CanonicalDecoder.mismatch([Any].self)
            }
            defer { currentIndex += 1 }
            return elements[currentIndex]
        }

        mutating func decodeNil() throws -> Bool {
            guard currentIndex < elements.count, case .null = elements[currentIndex] else {
                return false
            }
            currentIndex += 1
            return true
        }
        mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
            try CanonicalDecoder.read(type, from: try take())
        }
        mutating func nestedContainer<NestedKey>(
            keyedBy type: NestedKey.Type
        ) throws -> KeyedDecodingContainer<NestedKey> {
            try ValueDecoder(value: try take()).container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try ValueDecoder(value: try take()).unkeyedContainer()
        }
        mutating func superDecoder() throws -> any Decoder {
            ValueDecoder(value: try take())
        }
    }

    private struct Single: SingleValueDecodingContainer {
        let value: CanonicalValue
        var codingPath: [any CodingKey] { [] }

        func decodeNil() -> Bool {
            if case .null = value { return true }
            return false
        }
        func decode(_ type: Bool.Type) throws -> Bool {
            guard case .bool(let flag) = value else {
                throw CanonicalDecoder.mismatch(type)
            }
            return flag
        }
        func decode(_ type: String.Type) throws -> String {
            guard case .string(let text) = value else {
                throw CanonicalDecoder.mismatch(type)
            }
            return text
        }
        func decode(_ type: Int.Type) throws -> Int {
            try CanonicalDecoder.whole(value)
        }
        func decode(_ type: Double.Type) throws -> Double {
            throw CanonicalDecoder.mismatch(type)
        }
        func decode(_ type: Float.Type) throws -> Float {
            throw CanonicalDecoder.mismatch(type)
        }
        func decode(_ type: Int8.Type) throws -> Int8 {
            try CanonicalDecoder.whole(value)
        }
        func decode(_ type: Int16.Type) throws -> Int16 {
            try CanonicalDecoder.whole(value)
        }
        func decode(_ type: Int32.Type) throws -> Int32 {
            try CanonicalDecoder.whole(value)
        }
        func decode(_ type: Int64.Type) throws -> Int64 {
            try CanonicalDecoder.whole(value)
        }
        func decode(_ type: UInt.Type) throws -> UInt {
            try CanonicalDecoder.whole(value)
        }
        func decode(_ type: UInt8.Type) throws -> UInt8 {
            try CanonicalDecoder.whole(value)
        }
        func decode(_ type: UInt16.Type) throws -> UInt16 {
            try CanonicalDecoder.whole(value)
        }
        func decode(_ type: UInt32.Type) throws -> UInt32 {
            try CanonicalDecoder.whole(value)
        }
        func decode(_ type: UInt64.Type) throws -> UInt64 {
            try CanonicalDecoder.whole(value)
        }
        func decode<T: Decodable>(_ type: T.Type) throws -> T {
            try CanonicalDecoder.read(type, from: value)
        }
    }
}

extension String {
    /// Whether two texts are the same bytes: `==` takes é and e with an accent for one.
    fileprivate func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return utf8.elementsEqual(other.utf8)
    }
}
