import PortalRecord
import PortalTestKit
import Testing

/// Check digits (NHS Data Dictionary "NHS NUMBER"; DOMAIN 3; PITFALLS 31; SAFETY S1).
@Suite("National numbers")
struct NationalNumberTests {
    @Test("9434765919, the Data Dictionary's own number, holds; one digit off does not")
    func nhsNumber() {
        #expect(NHSNumber("9434765919")?.digits == "9434765919")
        #expect(NHSNumber("943 476 5919")?.digits == "9434765919")
        #expect(NHSNumber("943-476-5919")?.digits == "9434765919")
        #expect(NHSNumber("9990000018") != nil)
        let digits = Array("9434765919".utf8)
        for index in digits.indices {
            for digit in UInt8(0x30)...0x39 where digit != digits[index] {
                var changed = digits
                changed[index] = digit
                #expect(NHSNumber(String(decoding: changed, as: UTF8.self)) == nil)
            }
        }
    }

    @Test("two neighbouring digits exchanged do not hold")
    func transposed() {
        let digits = Array("9434765919".utf8)
        for index in 0..<9 where digits[index] != digits[index + 1] {
            var changed = digits
            changed.swapAt(index, index + 1)
            #expect(NHSNumber(String(decoding: changed, as: UTF8.self)) == nil)
        }
    }

    @Test("0101011237 passes both CHI checks, 0101201234 only modulus 10")
    func chiNumber() {
        #expect(CHINumber("0101011237")?.check == .both)
        #expect(CHINumber("0101201234")?.check == .modulus10)
        #expect(NHSNumber("0101201234") == nil)
        #expect(CHINumber("9434765919")?.check == .modulus11)
        #expect(CHINumber("0101011238") == nil)
    }

    @Test(
        "blanks and placeholders are no numbers (PITFALLS 31)",
        arguments: [
            "", " ", "0000000000", "000 000 0000", "9999999999", "1111111111", "123456789",
            "94347659190", "943476591X", "９４３４７６５９１９", "NULL", "9434765919\n",
        ]
    )
    func placeholders(text: String) {
        #expect(NHSNumber(text) == nil)
        #expect(CHINumber(text) == nil)
        #expect(HealthAndCareNumber(text) == nil)
    }

    @Test("no number whose modulus 11 check digit would be ten holds")
    func checkTen() {
        var held = 0
        for number in 0..<1000 {
            let text =
                "999000" + String(repeating: "0", count: 3 - String(number).count)
                + String(number)
            let count = (0...9).filter { NHSNumber(text + String($0)) != nil }.count
            #expect(count <= 1)
            held += count
        }
        #expect(held > 880 && held < 940)
    }

    @Test("a number is one of its own register only, and is checked again when read back")
    func registers() throws {
        let number = try #require(
            NationalNumber(system: IdentifierSystem.nhsNumber, value: "943 476 5919")
        )
        #expect(number.identifier.value == "9434765919")
        #expect(NationalNumber(system: "urn:id:WARD", value: "9434765919") == nil)
        let bytes = try CanonicalJSON.encode(number)
        #expect(try CanonicalJSON.decode(NationalNumber.self, from: bytes) == number)
        let forged = "{\"digits\":\"9434765918\",\"system\":\"https://fhir.nhs.uk/Id/nhs-number\"}"
        #expect(throws: DecodingError.self) {
            try CanonicalJSON.decode(NationalNumber.self, from: Array(forged.utf8))
        }
    }
}
