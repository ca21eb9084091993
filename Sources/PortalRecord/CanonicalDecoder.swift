/// Reads any `Decodable` value out of a ``CanonicalValue``, without Foundation.
enum CanonicalDecoder {
    static func decode<Value: Decodable>(
        _ type: Value.Type,
        from value: CanonicalValue
    ) throws -> Value {
        try read(type, from: value, path: [])
    }

    private static func read<Value: Decodable>(
        _ type: Value.Type,
        from value: CanonicalValue,
        path: [any CodingKey]
    ) throws -> Value {
        if type == String.self, case .string(let text) = value, let same = text as? Value {
            return same
        }
        return try Value(from: ValueDecoder(value: value, codingPath: path))
    }

    private static func mismatch(_ type: Any.Type, _ path: [any CodingKey]) -> DecodingError {
        .typeMismatch(type, .init(codingPath: path, debugDescription: "another kind of value"))
    }

    private static func whole<Number: FixedWidthInteger>(
        _ value: CanonicalValue,
        _ path: [any CodingKey]
    ) throws -> Number {
        guard case .integer(let number) = value, let exact = Number(exactly: number) else {
            throw mismatch(Number.self, path)
        }
        return exact
    }

    private struct ValueDecoder: Decoder {
        let value: CanonicalValue
        let codingPath: [any CodingKey]
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
            guard case .object(let members) = value else {
                throw CanonicalDecoder.mismatch(Key.self, codingPath)
            }
            return KeyedDecodingContainer(Keyed(members: members, codingPath: codingPath))
        }

        func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
            guard case .array(let elements) = value else {
                throw CanonicalDecoder.mismatch([Any].self, codingPath)
            }
            return Unkeyed(elements: elements, codingPath: codingPath)
        }

        func singleValueContainer() -> any SingleValueDecodingContainer {
            Single(value: value, codingPath: codingPath)
        }
    }

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let members: [(key: String, value: CanonicalValue)]
        let codingPath: [any CodingKey]
        var allKeys: [Key] { members.compactMap { Key(stringValue: $0.key) } }

        func contains(_ key: Key) -> Bool { find(key) != nil }

        private func find(_ key: Key) -> CanonicalValue? {
            let name = key.stringValue
            // By bytes: String equality would take é and e with an accent for one key.
            for member in members
            where member.key == name && member.key.utf8.elementsEqual(name.utf8) {
                return member.value
            }
            return nil
        }

        private func value(_ key: Key) throws -> CanonicalValue {
            guard let value = find(key) else {
                throw DecodingError.keyNotFound(
                    key,
                    .init(codingPath: codingPath, debugDescription: "missing")
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
                throw CanonicalDecoder.mismatch(type, codingPath + [key])
            }
            return flag
        }
        func decode(_ type: String.Type, forKey key: Key) throws -> String {
            guard case .string(let text) = try value(key) else {
                throw CanonicalDecoder.mismatch(type, codingPath + [key])
            }
            return text
        }
        func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
            try CanonicalDecoder.whole(try value(key), codingPath + [key])
        }
        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
            try CanonicalDecoder.read(type, from: try value(key), path: codingPath + [key])
        }
        func nestedContainer<NestedKey>(
            keyedBy type: NestedKey.Type,
            forKey key: Key
        ) throws -> KeyedDecodingContainer<NestedKey> {
            try ValueDecoder(value: try value(key), codingPath: codingPath + [key])
                .container(keyedBy: type)
        }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try ValueDecoder(value: try value(key), codingPath: codingPath + [key])
                .unkeyedContainer()
        }
        func superDecoder() -> any Decoder {
            ValueDecoder(value: .object(members), codingPath: codingPath)
        }
        func superDecoder(forKey key: Key) throws -> any Decoder {
            ValueDecoder(value: try value(key), codingPath: codingPath + [key])
        }
    }

    private struct Unkeyed: UnkeyedDecodingContainer {
        let elements: [CanonicalValue]
        let codingPath: [any CodingKey]
        var currentIndex = 0
        var count: Int? { elements.count }
        var isAtEnd: Bool { currentIndex >= elements.count }

        init(elements: [CanonicalValue], codingPath: [any CodingKey]) {
            self.elements = elements
            self.codingPath = codingPath
        }

        private mutating func take() throws -> CanonicalValue {
            guard currentIndex < elements.count else {
                throw CanonicalDecoder.mismatch([Any].self, codingPath)
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
            try CanonicalDecoder.read(type, from: try take(), path: codingPath)
        }
        mutating func nestedContainer<NestedKey>(
            keyedBy type: NestedKey.Type
        ) throws -> KeyedDecodingContainer<NestedKey> {
            try ValueDecoder(value: try take(), codingPath: codingPath).container(keyedBy: type)
        }
        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try ValueDecoder(value: try take(), codingPath: codingPath).unkeyedContainer()
        }
        mutating func superDecoder() throws -> any Decoder {
            ValueDecoder(value: try take(), codingPath: codingPath)
        }
    }

    private struct Single: SingleValueDecodingContainer {
        let value: CanonicalValue
        let codingPath: [any CodingKey]

        func decodeNil() -> Bool {
            if case .null = value { return true }
            return false
        }
        func decode(_ type: Bool.Type) throws -> Bool {
            guard case .bool(let flag) = value else {
                throw CanonicalDecoder.mismatch(type, codingPath)
            }
            return flag
        }
        func decode(_ type: String.Type) throws -> String {
            guard case .string(let text) = value else {
                throw CanonicalDecoder.mismatch(type, codingPath)
            }
            return text
        }
        func decode(_ type: Int.Type) throws -> Int {
            try CanonicalDecoder.whole(value, codingPath)
        }
        func decode(_ type: Double.Type) throws -> Double {
            throw CanonicalDecoder.mismatch(type, codingPath)
        }
        func decode(_ type: Float.Type) throws -> Float {
            throw CanonicalDecoder.mismatch(type, codingPath)
        }
        func decode(_ type: Int8.Type) throws -> Int8 {
            try CanonicalDecoder.whole(value, codingPath)
        }
        func decode(_ type: Int16.Type) throws -> Int16 {
            try CanonicalDecoder.whole(value, codingPath)
        }
        func decode(_ type: Int32.Type) throws -> Int32 {
            try CanonicalDecoder.whole(value, codingPath)
        }
        func decode(_ type: Int64.Type) throws -> Int64 {
            try CanonicalDecoder.whole(value, codingPath)
        }
        func decode(_ type: UInt.Type) throws -> UInt {
            try CanonicalDecoder.whole(value, codingPath)
        }
        func decode(_ type: UInt8.Type) throws -> UInt8 {
            try CanonicalDecoder.whole(value, codingPath)
        }
        func decode(_ type: UInt16.Type) throws -> UInt16 {
            try CanonicalDecoder.whole(value, codingPath)
        }
        func decode(_ type: UInt32.Type) throws -> UInt32 {
            try CanonicalDecoder.whole(value, codingPath)
        }
        func decode(_ type: UInt64.Type) throws -> UInt64 {
            try CanonicalDecoder.whole(value, codingPath)
        }
        func decode<T: Decodable>(_ type: T.Type) throws -> T {
            try CanonicalDecoder.read(type, from: value, path: codingPath)
        }
    }
}
