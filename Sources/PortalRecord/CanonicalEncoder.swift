/// Writes any `Encodable` value as canonical JSON, without Foundation.
///
/// Each value is written into its parent's bytes as soon as it is complete, so that a report of
/// fifty thousand results never stands in memory as a tree beside its bytes. Where a value was
/// being written is not kept: it would cost more than the writing.
enum CanonicalEncoder {
    static func bytes(of value: some Encodable) throws -> [UInt8] {
        let pool = Pool()
        // A builder holds the pool that holds it: unless they are parted, no encoding would be let go.
        defer { pool.free.removeAll() }
        let builder = Builder(pool: pool)
        try builder.put(value)
        return builder.bytes
    }

    /// Builders that are done with, to be used again.
    fileprivate final class Pool {
        var free: [Builder] = []
    }

    /// Where one value is being built.
    fileprivate final class Builder {
        /// Where a member of an object, or an element of an array, stands in the bytes.
        struct Place {
            /// Where its key begins.
            let start: Int
            /// Where its key ends, quotes included; of an element its start.
            let key: Int
            /// Where its value ends.
            let end: Int
        }

        enum Shape { case scalar, object, array }

        private let pool: Pool
        var shape = Shape.scalar
        /// A scalar's bytes; members or elements one after the other, in the order they came;
        /// the whole value once it is finished.
        fileprivate(set) var bytes: [UInt8] = []
        private(set) var places: [Place] = []
        /// Containers that were opened by hand, complete only when their parent is.
        private var nested: [(place: Int, builder: Builder)] = []

        init(pool: Pool) { self.pool = pool }

        /// More room than this is not kept for the next value: a text of a hundred megabytes would be
        /// held once for each level that it stands in.
        private static let kept = 1 << 16

        private func empty() {
            shape = .scalar
            bytes.removeAll(keepingCapacity: bytes.capacity <= Self.kept)
            places.removeAll(keepingCapacity: true)
            nested.removeAll()
        }

        // MARK: Scalars

        func write(_ text: String) { CanonicalWriter.write(text, to: &bytes) }
        func write(_ flag: Bool) { CanonicalWriter.write(.bool(flag), to: &bytes) }
        func write(_ number: Int) { CanonicalWriter.write(number, to: &bytes) }
        func writeNull() { CanonicalWriter.write(.null, to: &bytes) }

        func write(whole number: some BinaryInteger & Encodable) throws {
            guard let whole = Int(exactly: number) else {
                throw EncodingError.invalidValue(
                    number,
                    .init(codingPath: [], debugDescription: "beyond 64 bits")
                )
            }
            write(whole)
        }

        // MARK: Values

        /// Writes a whole value behind what is there.
        func put<Value: Encodable>(_ value: Value) throws {
            if Value.self == String.self, let text = value as? String { return write(text) }
            if Value.self == Int.self, let number = value as? Int { return write(number) }
            if Value.self == Bool.self, let flag = value as? Bool { return write(flag) }
            let child = pool.free.popLast() ?? Builder(pool: pool)
            try value.encode(to: ValueEncoder(builder: child))
            child.finish(into: &bytes)
            child.empty()
            pool.free.append(child)
        }

        /// A member of an object, or where there is no key an element of an array.
        func member(_ key: (any CodingKey)?, _ value: (Builder) throws -> Void) rethrows {
            let start = bytes.count
            if let key {
                CanonicalWriter.write(key.stringValue, to: &bytes)
            }
            let keyEnd = bytes.count
            try value(self)
            places.append(Place(start: start, key: keyEnd, end: bytes.count))
        }

        func nested(_ key: (any CodingKey)?) -> Builder {
            let child = Builder(pool: pool)
            nested.append((places.count, child))
            member(key) { _ in }
            return child
        }

        // MARK: Finishing

        private func finish(into out: inout [UInt8]) {
            switch shape {
            case .scalar:
                // What wrote nothing says nothing.
                if bytes.isEmpty { CanonicalWriter.write(.null, to: &out) } else { out += bytes }
            case .object: join(sorted(), "{", "}", into: &out)
            case .array: join(Array(places.indices), "[", "]", into: &out)
            }
        }

        private func join(
            _ order: [Int],
            _ open: Unicode.Scalar,
            _ close: Unicode.Scalar,
            into out: inout [UInt8]
        ) {
            out.append(UInt8(ascii: open))
            for (number, index) in order.enumerated() {
                if number > 0 { out.append(UInt8(ascii: ",")) }
                let place = places[index]
                if place.key > place.start {
                    out += bytes[place.start..<place.key]
                    out.append(UInt8(ascii: ":"))
                }
                if let child = nested.first(where: { $0.place == index })?.builder {
                    child.finish(into: &out)
                } else {
                    out += bytes[place.key..<place.end]
                }
            }
            out.append(UInt8(ascii: close))
        }

        /// The members in order of their keys' bytes.
        private func sorted() -> [Int] {
            places.indices.sorted { precedes(places[$0], places[$1]) }
        }

        /// Compares keys as they are written.
        ///
        /// Without its closing quote, so that a key goes before those that it begins. An escaped
        /// key would sort as its escape, which begins with `\`: such keys are compared as text.
        private func precedes(_ left: Place, _ right: Place) -> Bool {
            let one = bytes[(left.start + 1)..<(left.key - 1)]
            let two = bytes[(right.start + 1)..<(right.key - 1)]
            if one.contains(UInt8(ascii: "\\")) || two.contains(UInt8(ascii: "\\")) {
                return unescaped(one).lexicographicallyPrecedes(unescaped(two))
            }
            return one.lexicographicallyPrecedes(two)
        }

        private func unescaped(_ key: ArraySlice<UInt8>) -> [UInt8] {
            let quoted = [UInt8(ascii: "\"")] + key + [UInt8(ascii: "\"")]
            guard case .string(let text)? = try? CanonicalReader.value(of: quoted) else {
                return Array(key)
            }
            return Array(text.utf8)
        }
    }

    private static func refuse(_ number: some Encodable) -> EncodingError {
        .invalidValue(number, .init(codingPath: [], debugDescription: "no one spelling"))
    }

    private struct ValueEncoder: Encoder {
        let builder: Builder
        var codingPath: [any CodingKey] { [] }
        var userInfo: [CodingUserInfoKey: Any] { [:] }

        func container<Key>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
            builder.shape = .object
            return KeyedEncodingContainer(Keyed(builder: builder))
        }

        func unkeyedContainer() -> any UnkeyedEncodingContainer {
            builder.shape = .array
            return Unkeyed(builder: builder)
        }

        func singleValueContainer() -> any SingleValueEncodingContainer {
            Single(builder: builder)
        }
    }

    private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let builder: Builder
        var codingPath: [any CodingKey] { [] }

        func encodeNil(forKey key: Key) { builder.member(key) { $0.writeNull() } }
        func encode(_ value: Bool, forKey key: Key) { builder.member(key) { $0.write(value) } }
        func encode(_ value: String, forKey key: Key) { builder.member(key) { $0.write(value) } }
        func encode(_ value: Int, forKey key: Key) { builder.member(key) { $0.write(value) } }
        func encode(_ value: Double, forKey key: Key) throws { throw refuse(value) }
        func encode(_ value: Float, forKey key: Key) throws { throw refuse(value) }
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
            try builder.member(key) { try $0.put(value) }
        }
        private func whole(_ number: some BinaryInteger & Encodable, _ key: Key) throws {
            try builder.member(key) { try $0.write(whole: number) }
        }
        func nestedContainer<NestedKey>(
            keyedBy keyType: NestedKey.Type,
            forKey key: Key
        ) -> KeyedEncodingContainer<NestedKey> {
            ValueEncoder(builder: builder.nested(key)).container(keyedBy: keyType)
        }
        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            ValueEncoder(builder: builder.nested(key)).unkeyedContainer()
        }
        func superEncoder() -> any Encoder { ValueEncoder(builder: builder) }
        func superEncoder(forKey key: Key) -> any Encoder {
            ValueEncoder(builder: builder.nested(key))
        }
    }

    private struct Unkeyed: UnkeyedEncodingContainer {
        let builder: Builder
        var codingPath: [any CodingKey] { [] }
        var count: Int { builder.places.count }

        func encodeNil() { builder.member(nil) { $0.writeNull() } }
        func encode<T: Encodable>(_ value: T) throws {
            try builder.member(nil) { try $0.put(value) }
        }
        func nestedContainer<NestedKey>(
            keyedBy keyType: NestedKey.Type
        ) -> KeyedEncodingContainer<NestedKey> {
            ValueEncoder(builder: builder.nested(nil)).container(keyedBy: keyType)
        }
        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
            ValueEncoder(builder: builder.nested(nil)).unkeyedContainer()
        }
        func superEncoder() -> any Encoder { ValueEncoder(builder: builder) }
    }

    private struct Single: SingleValueEncodingContainer {
        let builder: Builder
        var codingPath: [any CodingKey] { [] }

        func encodeNil() { builder.writeNull() }
        func encode(_ value: Bool) { builder.write(value) }
        func encode(_ value: String) { builder.write(value) }
        func encode(_ value: Int) { builder.write(value) }
        func encode(_ value: Double) throws { throw refuse(value) }
        func encode(_ value: Float) throws { throw refuse(value) }
        func encode(_ value: Int8) throws { try builder.write(whole: value) }
        func encode(_ value: Int16) throws { try builder.write(whole: value) }
        func encode(_ value: Int32) throws { try builder.write(whole: value) }
        func encode(_ value: Int64) throws { try builder.write(whole: value) }
        func encode(_ value: UInt) throws { try builder.write(whole: value) }
        func encode(_ value: UInt8) throws { try builder.write(whole: value) }
        func encode(_ value: UInt16) throws { try builder.write(whole: value) }
        func encode(_ value: UInt32) throws { try builder.write(whole: value) }
        func encode(_ value: UInt64) throws { try builder.write(whole: value) }
        func encode<T: Encodable>(_ value: T) throws { try builder.put(value) }
    }
}
