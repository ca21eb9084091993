/// A static HTML page with no remote asset and no script.
///
/// Whatever a sender wrote is escaped; its control characters are blanks. The page says in its own
/// policy that nothing may be loaded.
enum Page {
    static func html(
        title: String,
        banner: String,
        isWide: Bool = false,
        body: String
    ) -> String {
        """
        <!doctype html>
        <html lang="en-GB">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
        style-src 'unsafe-inline'">
        <title>\(escape(title))</title>
        <style>\(style)</style>
        </head>
        <body>
        <header>\(banner)</header>
        <main\(isWide ? " class=\"two\"" : "")>
        \(body)
        </main>
        </body>
        </html>

        """
    }

    /// Text of a sender as text of the page.
    static func escape(_ text: String) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\n": out += "\n"
            default:
                if isHidden(scalar) { out += " " } else { out.unicodeScalars.append(scalar) }
            }
        }
        return out
    }

    /// Control characters, and those that turn the direction of text around.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        return value < 0x20 || (0x7F...0x9F).contains(value) || value == 0x061C
            || (0x200E...0x200F).contains(value) || (0x202A...0x202E).contains(value)
            || (0x2066...0x2069).contains(value)
    }

    private static let style = """
        :root{color-scheme:light dark;--ink:#12202b;--paper:#fff;--line:#c5d0d8;--soft:#f1f5f8;\
        --warn:#8a1c00;--warnpaper:#fff1ec;--head:#0b3d5c;--headink:#fff;--dim:#4d5d69}
        @media (prefers-color-scheme:dark){:root{--ink:#e6edf2;--paper:#10181e;--line:#33424d;\
        --soft:#1a252d;--warn:#ffb199;--warnpaper:#33190f;--head:#0b2c42;--headink:#fff;\
        --dim:#a4b4c0}}
        *{box-sizing:border-box}
        body{margin:0;font:16px/1.45 system-ui,"DejaVu Sans",sans-serif;color:var(--ink);\
        background:var(--paper)}
        header{position:sticky;top:0;background:var(--head);color:var(--headink);\
        padding:.6rem 1rem;font-size:1.15rem;font-weight:600}
        header small{display:block;font-weight:400}
        main{display:grid;gap:1rem;padding:1rem;max-width:80rem;margin:0 auto}
        @media (min-width:60rem){main.two{grid-template-columns:1fr 1fr}}
        section{border:1px solid var(--line);border-radius:.4rem;overflow:hidden;\
        background:var(--paper)}
        h2{margin:0;padding:.4rem .8rem;font-size:1rem;background:var(--soft);\
        border-bottom:1px solid var(--line)}
        .say{margin:0;padding:.3rem .8rem;background:var(--warnpaper);color:var(--warn);\
        font-weight:600}
        .dim{color:var(--dim);padding:.3rem .8rem;margin:0}
        ul{list-style:none;margin:0;padding:0}
        li{padding:.4rem .8rem;border-top:1px solid var(--line)}
        li:first-child{border-top:0}
        .when{font-variant-numeric:tabular-nums;color:var(--dim)}
        .what{font-weight:600}
        .mark{color:var(--warn);font-weight:600}
        .note{white-space:pre-wrap;margin:.3rem 0 0}
        table{border-collapse:collapse;width:100%}
        th,td{text-align:left;padding:.3rem .6rem;border-top:1px solid var(--line);\
        vertical-align:top}
        details summary{cursor:pointer}
        """
}
