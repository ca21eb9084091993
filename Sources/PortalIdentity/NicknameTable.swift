/// Forenames that are used for one another in Britain.
///
/// - Rule: SAFETY S1 ("nickname table"). The table is the library's own and versioned with it:
///   common short forms only, never names that are merely alike.
enum NicknameTable {
    /// Whether two folded forenames stand in one group.
    static func areSame(_ one: String, _ two: String) -> Bool {
        guard let groupsOne = index[one], let groupsTwo = index[two] else { return false }
        return !groupsOne.isDisjoint(with: groupsTwo)
    }

    /// The groups that a folded forename stands in; nil for a name of none.
    static func groups(of name: String) -> Set<Int>? { index[name] }

    private static let index: [String: Set<Int>] = {
        var index: [String: Set<Int>] = [:]
        for (number, group) in groups.enumerated() {
            for name in group.split(separator: " ") {
                index[String(name), default: []].insert(number)
            }
        }
        return index
    }()

    private static let groups: [String] = [
        "william will bill billy willie liam", "robert rob bob bobby robbie bert",
        "richard rich rick dick ricky", "james jim jimmy jamie", "john jack johnny jon",
        "jonathan jon jonny", "thomas tom tommy", "edward ed eddie ted teddy ned",
        "charles charlie chas chuck", "henry harry hal", "harold harry", "michael mike mick mickey",
        "andrew andy drew", "anthony tony ant", "antony tony", "david dave davie davy",
        "daniel dan danny", "donald don donnie", "douglas doug dougie", "francis frank frankie",
        "frederick fred freddie freddy", "george georgie", "gerald gerry jerry", "gerard gerry",
        "gordon gordie", "gregory greg", "hugh hughie shug", "ian iain", "joseph joe joey",
        "kenneth ken kenny", "lawrence larry laurie", "leonard len lenny", "malcolm calum malky",
        "matthew matt", "nicholas nick nicky", "patrick pat paddy", "peter pete", "philip phil",
        "phillip phil", "raymond ray", "ronald ron ronnie", "samuel sam sammy", "stephen steve",
        "steven steve", "stuart stewart stu", "timothy tim", "victor vic", "walter wally walt",
        "alexander alex alec sandy alasdair", "alan allan allen al", "albert bert al",
        "alfred alf fred", "arthur art", "benjamin ben", "christopher chris kit",
        "elizabeth liz lizzie beth betty bess eliza elsie libby", "margaret maggie meg peggy greta",
        "catherine cathy kate katie cath", "katherine kathy kate katie kath",
        "kathleen kathy kath", "patricia pat patsy trish tricia", "susan sue susie",
        "susanna sue susie", "janet jan jenny", "jean jeannie", "jennifer jen jenny",
        "jessica jess jessie", "deborah debbie deb", "dorothy dot dolly", "eleanor ellie nell nora",
        "ellen nell nellie", "florence flo florrie", "frances fran franny", "helen nell nellie",
        "isabella isobel bella isa ella", "jacqueline jackie", "josephine jo josie",
        "judith judy", "lesley les", "leslie les", "marjory marge", "mary molly polly may",
        "alexandra alex sandra lexie", "amanda mandy", "angela angie", "ann anne annie nan",
        "anna annie", "barbara babs barb", "caroline carrie carol", "charlotte lottie charlie",
        "christina chris tina chrissie", "christine chris chrissie", "pamela pam",
        "rebecca becky becca", "rosemary rose rosie", "samantha sam", "sandra sandy",
        "sarah sally sadie", "theresa terry tess", "teresa terry tess", "valerie val",
        "victoria vicky vickie tori", "winifred winnie", "agnes nessie senga", "grace gracie",
        "hannah hanna", "nicola nicky", "philippa pippa", "veronica ronnie vera",
    ]
}
