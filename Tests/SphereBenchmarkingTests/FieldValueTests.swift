import SphereBenchmarking
import Testing

@Suite struct FieldValueTests {
    @Test(
        "writes numbers with five significant digits",
        arguments: [
            (0.0, "0.0"), (1.0, "1.0"), (-2.5, "-2.5"), (1.234567, "1.2346"), (0.000123456789, "0.00012346"),
            (98765.4321, "98765.0"), (123_456_789.0, "123456789.0"), (100.0 / 3, "33.333"),
        ])
    func numbers(number: Double, text: String) {
        #expect(FieldValue.number(number).plain == text)
        #expect(FieldValue.number(number).json == text)
    }

    @Test("writes what is missing or not finite as nothing in CSV and as null in JSON")
    func missing() {
        for value in [FieldValue.missing, .number(.nan), .number(.infinity)] {
            #expect(value.csv == "")
            #expect(value.json == "null")
        }
    }

    @Test("quotes what would break a CSV record")
    func csv() {
        #expect(FieldValue.text("plain text").csv == "plain text")
        #expect(FieldValue.text("a,b").csv == "\"a,b\"")
        #expect(FieldValue.text("say \"hi\"").csv == "\"say \"\"hi\"\"\"")
        #expect(FieldValue.text("two\nlines").csv == "\"two\nlines\"")
    }

    @Test("escapes what would break a JSON string")
    func json() {
        #expect(FieldValue.text("a\"b\\c\u{1}\n").json == "\"a\\\"b\\\\c\\u0001\\u000a\"")
        #expect(FieldValue.list(["a", "b\""]).json == "[\"a\", \"b\\\"\"]")
        #expect(FieldValue.integer(-3).json == "-3")
    }
}
