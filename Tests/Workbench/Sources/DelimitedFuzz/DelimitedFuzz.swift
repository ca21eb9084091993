// The libFuzzer target of delimited tables; the script `fuzz` compiles it.
//
// Oracle: a file is refused at a byte of it, or its fields tile it (between two of a row stands one
// delimiter, between rows only line ends), every row is as wide as the header, and the texts written
// anew, all quoted, read the same.

import DelimitedSyntax
import PortalBytes

/// Entry point that libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes = input(start, count) else { return 0 }
    // One way of three for each input, by its last byte: an execution stays cheap.
    switch bytes[count - 1] % 3 {
    case 0: check(bytes, nil)
    case 1: check(Array("a,b\n".utf8) + bytes, nil)
    default: check(bytes, UInt8(ascii: ";"))
    }
    return 0
}

private func check(_ bytes: [UInt8], _ delimiter: UInt8?) {
    // A slice that does not start at zero: places are the file's own.
    let slice = ([0x20] + bytes).dropFirst()
    let limits = Limits(delimitersMax: 2000, rowsMax: 200)
    let table: DelimitedTable
    do throws(DelimitedSyntaxError) {
        table = try DelimitedTable.read(slice, delimiter: delimiter, limits: limits)
    } catch {
        demand(error.offset >= 0 && error.offset <= bytes.count, "a refusal at no byte of the file")
        demand(error.row >= 0 && error.row <= bytes.count + 1, "a refusal in no row of the file")
        return
    }
    demand(table.columns.count == table.header.count, "columns and header differ")
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    var position = hasMark ? 3 : 0
    for row in [table.header] + table.rows {
        demand(row.count == table.header.count, "a row is as wide as no other")
        for (index, field) in row.enumerated() {
            let gap = bytes[position..<max(position, field.range.lowerBound)]
            demand(field.range.lowerBound >= position, "fields overlap")
            demand(
                index > 0 ? gap.count == 1 : gap.allSatisfy(isLineEnd),
                "bytes between fields belong to none"
            )
            position = field.range.upperBound
        }
    }
    demand(bytes[position...].allSatisfy(isLineEnd), "bytes behind the last row")
    // What costs most is asked of one table in four.
    guard bytes.count % 4 == 0 else { return }
    for name in table.columns.prefix(3) {
        demand(table.column(name) != nil, "a column is not found")
    }
    writtenAnew(table)
}

private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

private func writtenAnew(_ table: DelimitedTable) {
    let rows = [table.columns] + table.rows.map { row in row.map(table.text) }
    var bytes: [UInt8] = []
    for row in rows {
        for (index, text) in row.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(0x22)
            for byte in text.utf8 { bytes += byte == 0x22 ? [byte, byte] : [byte] }
            bytes.append(0x22)
        }
        bytes += [0x0D, 0x0A]
    }
    guard let again = try? DelimitedTable.read(bytes[...], delimiter: UInt8(ascii: ",")) else {
        demand(false, "a table written anew is refused")
        return
    }
    let read = [again.columns] + again.rows.map { row in row.map(again.text) }
    demand(read.count == rows.count, "a table written anew has other rows")
    for (one, other) in zip(read, rows) {
        demand(
            one.map { Array($0.utf8) } == other.map { Array($0.utf8) },
            "a table written anew says something else"
        )
    }
}
