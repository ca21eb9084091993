import PortalRecord
import PortalStore

/// Reads what a person types to find somebody.
enum PersonSearch {
    /// Ten digits are a national number, and their check digit must hold; anything else with a
    /// digit is a birth date or a local number; the rest are names.
    static func query(_ text: String) throws -> PersonQuery {
        let words = text.split { $0 == " " || $0 == "," || $0 == "\t" }.map(String.init)
        var query = PersonQuery(names: [], birthDate: nil, numbers: [])
        let digits = text.filter(\.isNumber)
        let isNumber = text.allSatisfy { $0.isNumber || $0 == " " || $0 == "-" }
        if isNumber, digits.count == 10 {
            let systems = [
                IdentifierSystem.nhsNumber, IdentifierSystem.chiNumber,
                IdentifierSystem.healthAndCareNumber,
            ]
            guard systems.contains(where: { NationalNumber(system: $0, value: digits) != nil })
            else {
                throw StoreError(
                    code: "check-digit-wrong",
                    remedy: "read the number again: its check digit does not hold"
                )
            }
            query.numbers = [digits]
            return query
        }
        for word in words {
            if word.count >= 8, let date = PartialDate(word), date.day != nil {
                query.birthDate = date
            } else if word.contains(where: \.isNumber) {
                query.numbers.append(word)
            } else {
                query.names += SearchWords.words(word)
            }
        }
        return query
    }
}
