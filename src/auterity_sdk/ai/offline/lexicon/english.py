"""The English patterns."""

from __future__ import annotations

_CAR = r"(?:car|vehicle|truck|suv|van|minivan|sedan|one|model|ride|jeep|pickup)"

ENGLISH: dict[str, dict[float, tuple[str, ...]]] = {
    "availability": {
        3: (
            r"\b(?:someone|somebody|anyone|anybody|they|you guys) (?:\w+ )?(?:buy|bought|take|took|grab|grabbed|put a deposit on) (?:it|that|this|the)\b|\bwhat (?:have you|do you|you|ya) (?:got|have)\b",
            r"\b(?:need|want|after|looking for|interested in) (?:an? |the )?(?:\w+ ){0,3}(?:seater|with (?:a |the )?(?:third row|tow|sunroof|leather|awd|4x4|4wd|low miles))\b",
            r"\b(?:any|got any|have any) (?:pre-?owned|used|new|newer|cpo|certified|leftover|more|other) (?!appointments?|questions?|specials?|deals?|rebates?|news|updates?|info)\w+",
            r"\b(?:getting|expecting|receiving|bringing in) (?:any|some|more|one|another|a new|the new)\b",
            r"\b(?:when|any idea when|how soon)\b[^.?!]{0,50}\b(?:come in|coming in|arriv\w+|in stock|hit the lot|available)\b",
            r"\b(?:still|currently) (?:available|avail|have|got|there|for sale|on the lot|in stock|on your lot|around|up for sale)\b",
            r"\bin stock\b|\bon (?:the|your) lot\b|\bin (?:your )?inventory\b",
            r"\b(?:is|are|was|has) (?:it|this|that|the|these|those|your)\b[^.?!]{0,50}\b(?:available|sold|gone|spoken for)\b",
            r"\b(?:already|been|get|got) sold\b|\bsold (?:yet|already)\b|\bhas (?:it|that|this) sold\b",
            r"\bavailab(?:le|ility)\b(?! (?:appointment|time|slot|on|at|for service|financ|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday))",
        ),
        2: (
            r"\b(?:whats|what is|how long is|how long of a|is there a) (?:the )?wait\b(?! (?:for|on) (?:an? )?(?:oil|service|drop|appointment|inspection))",
            r"\b(?:got|have) any\b[^.?!]{0,40}\b(?:left|coming|on hand|around)\b|\bany\b[^.?!]{0,40}\b(?:left|coming in|in stock|on hand)\b",
            r"\b(?:when|any idea when)\b[^.?!]{0,40}\b(?:arrive|arriving|coming in|come in|in stock|land|get (?:one|some|more|another|it) in|restock)\b",
            r"\b(?:looking for|searching for|hunting for|trying to find|can you (?:get|find|locate|order))\b[^.?!]{0,60}",
            r"\bon hand\b|\bin transit\b|\bon order\b|\ballocat(?:ed|ion)\b|\bwait ?list\b",
        ),
        1.5: (
            r"\b(?:do|did|would) (?:you|u|yall|you guys|ya)(?: guys| all| folks)? (?:still )?(?:have|got|carry|stock|sell)\b(?! (?:[^.?!]{0,25})\b(?:openings?|appointments?|time|loaners?|shuttle|financing|specials?|hours|rebates?|offers?|lenders?|rates?|record|parts?|key|title))",
        ),
        1: (
            r"\b(?:any|other) (?:other )?(?:colors?|trims?)\b|\bin (?:white|black|red|blue|gray|grey|silver|green)\b|\bcolors?\b",
            r"\bhave (?:any|one|it|the|a)\b|\bgot (?:any|one|it|the|a)\b",
            r"\b(?:i saw|saw|seen) (?:it |this |one |an? |the |your )?[^.?!]{0,40}\b(?:online|website|web site|site|ad|autotrader|cargurus|craigslist|facebook|marketplace|cars\.com)\b",
        ),
    },
    "price": {
        3: (
            r"\bout the door\b|\bout of (?:the )?door\b|\botd\b|\bdrive ?off (?:price|amount)\b",
            r"\b(?:best|final|lowest|bottom line|total|asking|sticker|internet|sale|selling|cash|real|actual|list|all in|current|exact) (?:\w+ )?(?:price|number|cost|figure|deal)\b",
            r"\bhow much (?:is|are|for|does|do|would|will|was|r|you asking|u want|you want|you selling)\b(?! (?:.{0,20}(?:payment|a month|per month|down)))",
            r"\bwhats? (?:is )?(?:the|your|ur|its) (?:\w+ ){0,2}(?:price|cost|pricing|msrp|fees?)\b",
            r"\bwhat (?:does|do|would|will|did) [^.?!]{0,40}\b(?:cost|run me|go for|sell for|set me back)\b",
        ),
        2: (
            r"\btotal\b[^.?!]{0,40}\b(?:tax|title|license|fees)\b|\btax,? title\b|\bcosts? (?:these days|now|today)\b",
            r"\b(?:price|pricing|prices|cost|costs|quote|msrp|sticker|dealer fees?|doc fees?|documentation fee|taxes and fees|tax and fees|fees|rebates?|incentives?|discounts?|specials?|mark ?up|invoice)\b",
            r"\bhow much\b",
            r"\bask(?:ing|in) (?:for )?(?:it|for it|on)\b|\bwhat are you asking\b|\bnegotiab(?:le|ility)\b|\bflexib(?:le|ility) on\b",
        ),
        1: (r"\bdeals?\b", r"\bnumbers?\b", r"\bbreak ?down\b", r"\bballpark\b", r"\bcharge\b"),
    },
    "price_objection": {
        4: (
            r"\b(?:better|lower|different) (?:price|number|deal|offer|quote)\b(?! on the website)|\ba lot (?:for|of money|to pay|to ask|more)\b|\b(?:thats|that is|its|seems like|kind of) a lot\b",
            r"\b(?:take|do|buy|grab) (?:it|that|this one|the \w+) (?:at|for) (?:like |around )?\$?\d|\b(?:get|come|go) (?:down )?to \$?\d[\d,.]*k?\b|\bnot a (?:penny|dime|dollar|cent) more\b|\b(?:sign|buy|done|deal) (?:it )?(?:today|right now|tonight)\b|\$?\d[\d,.]*k? for (?:that|this|it)\b",
            r"\b(?:another|an extra|a few|couple) (?:\$?\d[\d,.]*k?|hundred|thousand|grand|bucks) off\b|\btake \$?\d[\d,.]*k? off\b|\b(?:competitor|competition)s?\b|\bcompared to (?:other|what|the)\b|\bovervalued\b|\b(?:still )?more than (?:we|i) can\b|\btoo rich\b",
            r"\b(?:price|prices|number|cost|quote|payment|youre|you are|thats|that is|its) (?:\w+ ){0,3}(?:higher|more) than\b",
            r"\b(?:market adjustment|add-?ons?|addendum|mark ?ups?|dealer fees?)\b[^.?!]{0,40}\b(?:dealbreaker|deal breaker|remove|take off|waive|ridiculous|too|not paying|drop|off)\b|\b(?:not|never|wont|refuse to) pay(?:ing)?\b",
            r"\b(?:do|take|accept|go) (?:like |around |about )?\$?\d{2,3}(?:k|,\d{3}|,?000)\b(?! miles)(?! down)",
            r"\b(?:way |a bit |a little |still |just |far |kind of |kinda |bit )?(?:too|so|pretty|really) (?:high|expensive|much|pricey|steep|rich for)\b(?! (?:mileage|miles|payment))",
            r"\b(?:over|above|outside|out of|beyond|more than|past|exceeds?|exceeding|not in|blows?|over and above) (?:of )?(?:my|our|the|what) (?:\w+ )?(?:budget|price range|range|limit|i can afford|we can afford|i wanted|we wanted|i planned|i expected|i was (?:hoping|expecting|thinking|quoted))\b",
            r"\b(?:more|higher) than (?:i|we|what i|what we|what im|its|the) (?:wanted|want|can|could|was|were|planned|expected|budgeted|had|have|am|is|looking|worth|other|one|want)\b",
            r"\b(?:quoted|offered|offering|has|have|selling|listed|list(?:s|ing)?|got|found|saw|seen|sells?|advertis\w+|wants?|asking|priced)\b[^.?!]{0,70}\b(?:less|cheaper|lower|under you|better price|below (?:yours|you|that))\b",
            r"\b(?:can|could|will|would|if) (?:you|u|yall|you guys) (?:guys )?(?:match|beat|come down|go (?:any )?lower|do (?:any )?better|knock|lower|drop|reduce|meet me|take \$?\d|work with me|shave|sharpen|do \$?\d[\d,.]*k?\b)",
            r"\b(?:price match|match (?:that|it|this|their|the|his)|beat (?:that|it|this|their|the) (?:price|deal|quote|offer|number)?)\b",
            r"\b(?:cant|cannot|can not|couldnt|could never|wont|not able to|unable to|dont want to|not (?:going|gonna|willing) to) (?:\w+ )?(?:afford|pay|spend|go that high|swing|justify|do (?:that|those) (?:price|number|payment)s?)\b",
            r"\b(?:overpriced|over priced|rip ?off|highway robbery|price gouging|gouging|sticker shock|lowball)\b",
            r"\b(?:cheaper|lower|less|better)\b[^.?!]{0,30}\b(?:elsewhere|somewhere else|down the (?:road|street)|across town|other (?:dealers?|dealership|place|store|guys?)|another (?:dealer|dealership|store|place|lot)|competitor|at \w+|online)\b",
            r"\b(?:other|another|different|competing) (?:dealers?|dealership|store|place|lot|guys?)\b[^.?!]{0,60}\b(?:less|cheaper|lower|better|for \$?\d)\b",
            r"\b(?:\$?\d[\d,.]*k?|grand|hundred|thousand|bucks|dollars) (?:less|cheaper|lower|under (?:you|yours)|over (?:kbb|blue book|market|msrp|what|invoice|my|budget))\b",
            r"\b(?:price|number|that|it|thats|deal|cost|quote|figure) (?:is |s |seems |looks |sounds |feels |still )+(?:\w+ )?(?:high|steep|a lot|expensive|crazy|insane|ridiculous|outrageous|too much|more than)\b",
            r"\b(?:room|wiggle room|any room|some room) (?:to (?:move|negotiate|come)|on (?:the|that|your) price|in (?:the|that|your) price)\b|\bwiggle room\b",
            r"\b(?:lowest|best) (?:you|youll|you will|yall) (?:can|could|will|would|d)?\s?(?:go|do|take)\b|\b(?:best|lowest) you can do\b",
            r"\bmeet me (?:in|at) the middle\b|\bwork with me on (?:the|that) (?:price|number)\b|\bcome down (?:on|off|a|some|to|any|in)\b|\bknock (?:off|some|a|\$|\d)",
            r"\bfor that (?:price|money|much)\b|\bat that price\b|\bnot (?:worth|paying) (?:that|it|this)\b|\bworth that much\b|\bbelow (?:msrp|sticker|invoice)\b|\bover (?:msrp|sticker)\b|\bunder (?:msrp|sticker)\b",
        ),
        2: (
            r"\b(?:budget|price range|afford|cheaper|discount|negotiate|negotiable|lower)\b",
            r"\b(?:expensive|pricey|steep)\b",
        ),
    },
    "trade": {
        4: (
            r"\b(?:value|offer|price|quote|number|estimate|something) (?:for|on) my (?!credit|loan|lease|oil|brakes?|service|repair|insurance|payment)\w+",
            r"\btrading\b|\bpaid off\b|\bunload my\b|\b(?:take|taking|accept) (?:used )?(?:cars|vehicles|trucks|motorcycles|boats|rvs)\b|\b(?:get|getting) rid of (?:my|our)\b",
            r"\b(?:take|accept|do) trade(?:s|-?ins?)?\b|\b(?:buy|buying|purchasing) (?:my|our)\b|\bswap (?:it|my|our|into|out|for|in)\b|\b(?:get|getting) out of my (?:\w+ )?(?:lease|loan|car|truck)\b",
            r"\bkbb\b|\bkelley blue book\b|\bblue book (?:value|says|is|on)\b",
            r"\bhow much (?:can|could|would|will) i (?:get|be able to get)\b|\b(?:get|give me) (?:for|on) (?:my|a) (?:19|20)\d\d\b",
            r"\btrad(?:e|es|ed|ing)[ -]?ins?\b|\btrad(?:e|ing)\b[^.?!]{0,40}\b(?:in|it|my|our|toward|towards|for|worth|value|up)\b|\bmy trade\b|\ba trade\b",
            r"\bwhat (?:would|will|could|can|might|do|d) (?:you|yall|u|i)(?: guys)? (?:give|offer|pay|get|allow) (?:me |us )?(?:for|on|towards?)\b",
            r"\b(?:buy|purchase|take|appraise|value|evaluate|interested in) (?:my|our) (?:\d{4} |old |current |used |wifes |husbands )?(?!appointment|time|question)\w+",
            r"\b(?:sell|selling) (?:you |yall |you guys )?(?:my|our)\b|\bsell (?:it )?to you\b|\bdo you (?:guys )?buy (?:used )?cars\b|\bbuy cars\b",
            r"\b(?:worth|value) of (?:my|our)\b|\b(?:my|our) [^.?!]{0,40}\b(?:worth|appraised|valued)\b|\bappraisal\b|\bappraise\b|\bkbb\b|\bkelley blue\b|\bblue book\b|\bcarmax (?:offer|gave|offered)\b|\bcarvana\b",
            r"\b(?:owe|owing|payoff|pay off|upside down|underwater|negative equity|positive equity|equity)\b",
            r"\bhow much (?:would|will|could|can|do|is) (?:you|i|my|yall|u) (?:\w+ )?(?:give|get|offer|pay|worth|going to give)\b|\bhow much for my\b",
        ),
        1: (
            r"\b(?:my|our) (?:old |current )?(?:19|20)\d\d\b",
            r"\bworth\b",
            r"\blease (?:is )?(?:up|return|ending)\b",
        ),
    },
    "finance": {
        4: (
            r"\b(?:no|without|zero|bad|little|limited|not much) credit\b|\b(?:stay|keep it|be|staying) (?:under|below|around|at) \$?\d{3}\b(?!,)|\bturned (?:me |us )?down\b|\bput down\b|\bpenalty\b[^.?!]{0,30}\bearly\b|\bself ?employed\b",
            r"\b(?:financ(?:e|es|ed|ing)|refinanc\w+|loans?|lender|lenders|credit (?:score|app|application|check|history|union|report)|my credit|bad credit|no credit|poor credit|good credit|great credit|credit is|first time buyer|co-?sign\w*|cosigner|pre-?approv\w+|pre-?qualif\w+|prequal)\b",
            r"\bapr\b|\binterest rates?\b|\b\d+(?:\.\d+)? ?(?:%|percent)(?! off)|\brates?\b(?= (?:are|do|for|you|on|right|today|can|would|is))|\bwhat rate\b|\b(?:low|lower|best|better) rates?\b",
            r"\b(?:monthly|month) (?:payment|payments|note|cost)\b|\bpayments?\b|\b(?:a|per|each|/) ?(?:month|mo)\b(?! (?:ago|old))",
            r"\b(?:down payment|money down|zero down|no money down|\$?\d[\d,.]*k? (?:down|to put down)|put(?:ting)? (?:\$?\d[\d,.]*k? |something |nothing |money )?down)\b",
            r"\b(?:get|got|be|been|getting) (?:approved|financed|denied|declined)\b|\bapproval\b|\bdebt to income\b|\bproof of income\b|\bpay stubs?\b|\bchapter (?:7|13)\b|\bbankruptcy\b|\brepo(?:ssession)?\b|\bbuy here pay here\b|\bitin\b",
            r"\b(?:lease|leasing)\b(?! (?:is up|return|ends|ending))|\bmoney factor\b|\bresidual\b|\b\d{2} months?\b",
        ),
        2: (
            r"\bcredit\b|\bgap (?:insurance|coverage)\b|\bapply (?:online|for)\b|\bapplication\b|\bqualify\b|\bterms?\b",
        ),
    },
    "service": {
        5: (
            r"\b(?:screen|radio|stereo|navigation|camera|door|lock|seat|mirror|tailgate|liftgate|horn|fan|pump|belt|hose|sensor|module|sunroof|window|lights?) (?:\w+ ){0,3}(?:went|goes|is|wont|will not|keeps|stopped|quit|doesnt|not working)\b (?:\w+ ){0,2}(?:black|blank|out|dead|broken|stuck|working|open|close|turn|blinking|flashing|freezing|loose|leaking)\b",
            r"\b(?:look at|check|inspect) (?:out )?my (?:brakes?|tires?|engine|transmission|ac|battery|car|truck)\b|\bcrack(?:ed)?\b[^.?!]{0,20}\bwindshield\b|\bwindshield\b[^.?!]{0,30}\bcrack|\bremote start\b|\bdrop-?in\b|\bmile (?:service|maintenance)\b|\blight (?:wont|will not|doesnt|is|keeps|came|stays|turned)\b",
            r"\boil (?:change|leak|light|filter)\b|\bsynthetic oil\b|\btire rotation\b|\brotat(?:e|ion)\b|\balignment\b|\btune ?up\b|\bstate inspection\b|\bsmog\b|\bemissions? test\b|\bservice (?:department|dept|center|advisor|appointment|appt|bay|my|due|light|done|it|for my)\b|\bmulti ?-?point\b|\bbrake (?:pads?|job|fluid|noise|service)\b|\brotors?\b",
            r"\bcheck engine\b|\bengine light\b|\b(?:warning|dash|abs|airbag|tire|tpms|battery|oil|traction|brake) (?:pressure )?lights?\b|\blights? (?:came|is|are|keeps|went|just came|stays) on\b|\bcode p\d{4}\b|\bdiagnos(?:e|is|tic)\w*\b",
            r"\brecall(?:s|ed)?\b|\btakata\b|\bcampaign notice\b",
            r"\b(?:transmission|engine|brakes?|steering|suspension|axle|cv|alternator|starter|radiator|coolant|compressor|ac|a/c|heater|heat|power window|window|sunroof|moonroof|clutch|bumper|windshield|battery|exhaust|key fob|infotainment|touch ?screen|bluetooth|backup camera|wipers?|headlights?)\b[^.?!]{0,40}\b(?:slip\w*|grind\w*|squeal\w*|squeak\w*|leak\w*|noise|noisy|rattl\w*|shak\w*|vibrat\w*|stuck|broken?|broke|dead|die[sd]?|dying|not work\w*|isnt work\w*|doesnt work|stopped|quit|wont|fail\w*|jerk\w*|overheat\w*|blow\w*|crack\w*|replac\w*|fixed|smell\w*|smok\w*|hot air|warm|cold|black|frozen|freez\w*)\b",
            r"\b(?:grind\w*|squeal\w*|squeak\w*|clunk\w*|knocking|rattl\w*|vibrat\w*|shak(?:es|ing)|leaking|stall(?:s|ed|ing)|overheat\w*|misfir\w*|hesitat\w*|humming|whin(?:e|es|ing)|pulls? to the|pulling to)\b",
            r"\b(?:wont|doesnt|not|would not|will not|didnt) (?:start|turn over|crank)\b|\bbroke(?:n)? down\b|\bdead battery\b|\bjump start\b|\btow(?:ed|ing)?(?: truck| it| in)\b|\bflat tire\b|\bnew tires\b|\btires? (?:replaced|mounted|balanced|for my)\b",
            r"\b(?:repair|repairs|repaired|maintenance|mechanic|technician|body shop|collision (?:center|repair)|loaner|courtesy shuttle|warranty (?:work|repair|claim|cover\w*)|under warranty|covered (?:by|under)|\d+k (?:mile )?service|\d+,?000 mile (?:service|maintenance|checkup))\b",
            r"\b(?:parts? (?:department|counter|dept|number)|order (?:a |the |some )?parts?|part (?:come|came|in yet|arrived?)|replacement (?:key|part|mirror|bumper)|key (?:fob )?(?:program\w*|made|cut|replac\w*)|spare key|floor mats?|wiper blades?|cabin (?:air )?filter|air filter|spark plugs?|trailer hitch)\b",
        ),
        3: (
            r"\b(?:get|have|bring|take|need) (?:it|my \w+|the \w+|her)\b[^.?!]{0,30}\b(?:serviced|fixed|looked at|checked(?: out)?|inspected|worked on|detailed|repaired)\b|\bserviced\b|\bfix(?:ed|ing)?\b|\bmy (?:\w+ )?(?:\w+ )?(?:is|was) in (?:the shop|for service|your shop)\b|\bin the shop\b|\bdetail(?:ed|ing)\b",
            r"\bis my (?:car|truck|vehicle|suv|van|\w+) (?:ready|done|finished)\b|\bready for pick ?up\b|\bstatus (?:of|on) (?:my|the) (?:car|truck|repair|vehicle|suv)\b",
        ),
        2: (
            r"\b(?:service|warranty|tires?|brakes?|battery|inspection|transmission|engine|noise)\b",
        ),
    },
    "appointment": {
        3: (
            r"\b(?:is|will|are|be) (?:someone|anyone|somebody|anybody|a sales\w*|you|he|she|there (?:someone|anyone)) (?:be )?(?:there|around|free|in)\b|\bshow me (?:the|around|it)\b",
            r"\b(?:can|could|may|would|will|ill|id|gonna|going to|want to|wanna|like to|love to|able to|plan(?:ning)? (?:on|to)|hoping to|need to|try to|im|were|let me|should|shall) (?:i |we |me and my \w+ |my \w+ (?:and i )?|just |still |be |you |please |also )*(?:come|coming|stop|stopping|swing|swinging|drop|be there|be in|get there|go|drive|test ?drive|test driving|make it|see|look at|check out|visit|head (?:over|in|down)|pop in|schedule|book|set up|meet|show up)\b(?: (?:by|in|over|out|down|up|see|there|on|at|it|an?|the|around|after|to|with|from))?",
            r"\btest ?-?(?:drive|driving)\b",
            r"\b(?:make|set(?: up)?|book|schedule|reschedule|change|move|confirm|keep|cancel|have|need|request|push|get) (?:an? |my |our |the |up |a new |another )?(?:\w+ )?(?:appointment|appt|apt|time slot|visit|time to (?:come|see))\b",
            r"\b(?:reschedule|rescheduling|appointment|appt)\b",
            r"\b(?:see you|see ya|be there|ill be there|well be there|on my way|put me down|pencil me in|sign me up|works for (?:me|us)|that works|work for (?:you|yall)|running late|running behind|be (?:a few|\d+) (?:min\w* )?late)\b",
            r"\b(?:any|got|have|what) (?:\w+ )?(?:openings?|slots?|availability|times?)\b[^.?!]{0,40}\b(?:today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|week|weekend|morning|afternoon|open|to (?:come|see|drive))\b",
        ),
        2: (
            r"\b(?:come|came|stop|swing|drop) (?:by|in|over|see|on in|down)\b",
            r"\b(?:are|will) you (?:open|free|available|there|in)\b[^.?!]{0,20}\b(?:today|tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|sunday|\d)\b",
            r"\b(?:in person|take it for a spin|take (?:it|one|her) for a drive|meet (?:with|you|up)|visit)\b",
            r"\b(?:how about|what about|does|would|lets do|lets say|lets go with|make it|i can do|can do|we can do|im free|free|available|off work)\b[^.?!]{0,30}\b(?:today|tomorrow|tonight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend|\d{1,2} ?(?:am|pm)|\d{1,2}:\d\d|noon|the \d{1,2}(?:st|nd|rd|th))\b",
        ),
    },
    "complaint": {
        5: (
            r"\b(?:you|yall|they) advertised\b|\badvertised (?:one|as|at|for)\b[^.?!]{0,40}\b(?:but|then|another|different|and)\b|\bcharged (?:me|us) (?:another|a different)\b|\bbroke down (?:the day|a day|two|\d+) \w+ after\b",
            r"\b(?:you|yall|you guys|you people) sold (?:me|us)\b|\b(?:car|truck|vehicle|suv|one|van) (?:that )?(?:you|yall|you guys) sold\b|\b(?:days?|weeks?|months?|hours) after (?:i|we) (?:bought|picked|got|purchased)\b|\bi want my (?:money|deposit|\w+ deposit|down payment) (?:back|returned)\b|\bdeposit (?:back|refunded|returned)\b",
            r"\b(?:you|yall|you people|you guys|they) (?:kept|made|left|had) (?:me|us) (?:waiting|wait|standing|sitting|stranded)\b|\bnow (?:you|nobody|no one|they) (?:wont|will not|refuse)\b|\b(?:nobody|no one) (?:\w+ ){0,5}(?:can|could|will|would|knows|wants|is willing|seems|bothered|explain\w*)\b|\bnever got (?:either|any|it|them|the|my|one)\b|\b(?:still|theres) (?:still )?(?:\w+ )?(?:hair|dirt|stains?|scratches) (?:everywhere|all over|on)\b",
            r"\blemon\b|\bi was told\b|\bwe were told\b|\byou (?:said|told me|promised|swore)\b|\bno accidents\b|\b(?:wasnt|isnt|werent|was not|is not) even\b|\bdrove (?:over )?(?:\d+|an|two|three|four|all the) (?:hours?|miles|way)\b",
            r"\bcame back (?:from (?:you|your \w+) )?(?:with|worse|dirty|damaged|scratched)\b|\bfrom your (?:shop|service \w+) with\b|\b(?:charged|billed) (?:me|us) for\b",
            r"\b(?:unacceptable|disappoint\w*|disgust\w*|appall\w*|terrible|horrible|awful|worst|pathetic|rude|disrespect\w*|unprofessional|ridiculous|outrageous|shady|dishonest|deceptive|misled|mislead\w*|misrepresent\w*|scamm?(?:ed|ing|ers?)|fraud|bait and switch|false advertising|incompetent|furious|livid|fed up|pissed|frustrat\w*|infuriat\w*|joke of a|a joke|nightmare|ashamed|shame on|garbage|sick of|tired of (?:waiting|calling|being|this|the|getting))\b",
            r"\b(?:lied|lying|lie to|tricked|cheated|ripped (?:me |us )?off|screwed|overcharged|over ?charged|charged (?:me|us) (?:twice|for|double|extra|more)|double charged|promised|hung up on|ignored|ignoring|strung along|ghosted|jerked around|run ?around)\b",
            r"\b(?:nobody|no one|noone|no body|never|not once|havent|have not|hasnt|still havent|didnt|dont|doesnt|wont)\b[^.?!]{0,30}\b(?:call(?:s|ed|ing)? (?:me |us )?back|return(?:s|ed)? (?:my|our|any|a)|respond\w*|answer\w*|get(?:s|ting)? back|got(?:ten)? back|heard (?:back|anything|from)|followed up|follow up|call(?:ed)? me|text(?:ed)? back|picks? up|picked up|helped|help me|greeted|care)\b",
            r"\b(?:better business bureau|bbb|attorney general|attorney|lawyer|lawsuit|sue|legal action|small claims|news station|corporate|consumer protection|yelp|bad review|one star|1 star|negative review|leave a review|google review|chargeback|dispute the charge)\b",
            r"\b(?:speak|talk|spoke|meet|escalat\w+)\b[^.?!]{0,20}\b(?:manager|gm|owner|supervisor|someone in charge|whoever is in charge|boss)\b",
            r"\b(?:complain\w*|complaint|want (?:a |my )?(?:full )?refund|my money back|demand\w*|give me (?:a |my )?refund|refund)\b",
            r"\b(?:still|been) (?:waiting|havent|have not|not received|dont have|no (?:title|plates|tags|response|answer|call))\b|\bwait(?:ed|ing) (?:for )?(?:over |more than |almost |about )?(?:\d+|two|three|four|five|six|a|an) (?:hours?|weeks?|months?|days)\b|\b(?:third|fourth|fifth|second|3rd|4th|5th|2nd|tenth) time\b|\b(?:three|four|five|six|3|4|5|6|several|multiple|many) (?:times|calls|messages|emails|voicemails)\b",
            r"\b(?:scratch(?:ed|es)?|dent(?:ed)?|damaged?|broke|ruined|worse than|greasy|dirty)\b[^.?!]{0,40}\b(?:after you|your (?:guys?|tech\w*|mechanic|service|shop|people|lot)|when i (?:picked|got)|in your (?:care|shop|lot)|while (?:it was )?(?:at|in))\b|\b(?:you|your (?:guys?|tech\w*|mechanic|shop|people|team|sales\w*))\b[^.?!]{0,30}\b(?:scratched|dented|damaged|broke|ruined|lost my|messed up|forgot|left)\b",
            r"\b(?:waste(?:d|s)? (?:of )?(?:my|our) (?:time|day|morning|afternoon|money)|waste of time|never (?:again|coming back|buying|going back|return\w*|do business)|wont be (?:back|coming back|returning|doing)|will not be (?:back|returning)|lost (?:a|my) (?:customer|business)|take my business)\b",
            r"\b(?:same (?:problem|issue|noise|light)|again already|came back (?:on|again)|not fixed|wasnt fixed|isnt fixed|didnt fix|did not fix|never fixed|still (?:broken|not fixed|isnt fixed|doing it|making|leaking|happening))\b",
        ),
        2: (
            r"\b(?:upset|unhappy|angry|mad|annoyed|not happy|dissatisfied|poor (?:service|experience|communication)|bad (?:service|experience)|issue with|problem with|manager|dishonest|wrong)\b",
        ),
    },
    "spam": {
        5: (
            r"\b(?:make|earn|earning|making) (?:up to |over )?\$?\d[\d,.]*k? (?:a|per|every|each) (?:day|week|hour)\b|\bfunding (?:in|within|available)\b|\bbusiness line of credit\b|\bbank name\b|\bmailbox\b|\bverify (?:now|here)\b|\b\d+% off\b|\bget your (?:dealership|business|company|website)\b|\bguaranteed\b[^.?!]{0,15}\binterested\b|\bpage (?:1|one)\b",
            r"\b(?:increase|skyrocket|double|triple|10x|maximize|improve|explode) your (?:\w+ ){0,2}(?:sales|leads|revenue|traffic|conversions|profits?|ranking|reviews|business|roi)\b|\bbook a (?:\w+ )?(?:demo|call)\b|\b(?:schedule|hop on) a (?:quick |short |15 minute )?(?:call|demo)\b|\bour (?:ai|chatbot|platform|software|crm|tool|solution)\b",
            r"\b\d+\+? (?:\w+ )?(?:reviews|followers|leads|backlinks|emails)\b|\bbusiness proposal\b|\b(?:hello|hi) dear\b|\byour (?:web ?site|listing|domain) (?:has|is|looks|needs|will|could)\b|\bwe (?:buy|sell) (?:leads|lists|data|\w+ lists)\b|\b(?:leads|email|contact|mailing) lists?\b|\bmillion\b",
            r"\bseo\b|\bback ?links?\b|\bdomain authority\b|\bguest posts?\b|\brank(?:ing|ed|s)?\b[^.?!]{0,30}\b(?:google|search|page|#?1)\b|\b(?:first|1st|top|page one) (?:page )?(?:of|on) google\b|\bgoogle (?:ranking|my business (?:listing|verification)|rankings)\b|\bweb ?site (?:traffic|redesign|audit|visitors)\b|\bweb (?:design|development) (?:services?|company|agency)\b",
            r"\b(?:bitcoin|crypto\w*|btc|ethereum|forex|nft|binary options|investment opportunity|passive income|double your money|guaranteed returns?|make money|earn (?:up to )?\$?\d[\d,]*|work from home)\b",
            r"\b(?:congratulations|congrats|winner|you(?:ve| have)? (?:been )?(?:won|selected|chosen|qualified)|claim (?:your|ur|now|it)|prize|lottery|gift cards?|free (?:iphone|ipad|gift|money|cruise|vacation|trial|seo|audit|quote for your website)|sweepstakes)\b",
            r"\b(?:click (?:here|below|this|the link|now|on)|act now|limited time offer|100% free|risk free|no obligation|unlock your|verify your account|account (?:has been |is |was )?(?:suspended|locked|compromised|limited)|confirm your (?:password|identity|bank)|bit\.ly|tinyurl|t\.me/|wa\.me|whatsapp me)\b",
            r"\b(?:viagra|cialis|casino|porn|hot (?:girls?|singles)|singles in|dating site|weight loss|cbd|keto|pharmacy|replica watches|rolex)\b",
            r"\b(?:business (?:loan|funding|capital)|merchant cash|working capital|line of credit for your business|dear (?:sir|sir/madam|beneficiary|business owner|friend|webmaster)|next of kin|inheritance|million (?:dollars|usd|us dollars)|western union|wire transfer the|cashier'?s check .{0,40}(?:shipper|mover)|my (?:shipper|mover|shipping agent))\b",
            r"\b(?:we|our (?:company|agency|team|firm|platform|software)|i) (?:\w+ )?(?:help|helps|provide|provides|offer|offers|specialize|specializes|work with|works with|can (?:get|send|bring|help|generate|increase|boost))\b[^.?!]{0,60}\b(?:dealers?|dealerships?|businesses|your (?:business|website|sales|company|leads)|leads|clients|companies|traffic|followers)\b",
            r"\b(?:followers|likes|subscribers|leads|email list|data ?base of|contact list|appointments on autopilot|qualified leads|exclusive leads)\b[^.?!]{0,40}\b(?:cheap|guaranteed|for only|for just|\$\d+|per (?:month|lead)|buy|instagram|facebook|your business)\b|\b(?:buy|get|gain|boost) (?:\w+ )?(?:instagram |facebook )?followers\b|\bboost your (?:sales|business|online|website|ranking|traffic|visibility|reviews)\b|\bgrow your (?:business|dealership|sales)\b",
        ),
        2: (
            r"https?://|\bwww\.|\b\w+\.(?:xyz|top|click|ru|biz|info)\b",
            r"\bfree (?:quote|trial|audit|gift|money|consultation|report|sample|leads)\b",
            r"\bour (?:services|agency|company)\b",
            r"!!+",
            r"\bunsubscribe here\b",
        ),
    },
    "other": {
        2: (
            r"\b(?:fax|wi-?fi|waiting room|restrooms?|rent(?:al)?s? (?:cars?|vehicles?)|insurance card|notary|who was (?:the|my)|who is my)\b",
            r"^(?:ok |okay |great |awesome |perfect |hey |hi |hello )*(?:thanks|thank you|thank u|thx|ty|tks|much appreciated|appreciate (?:it|you|your|that|the))\b",
            r"\b(?:thanks?(?: you)?|thx|appreciate (?:it|you|your)|grateful) (?:so much |a lot |again |very much )*(?:for|guys|again|everyone|all|to)\b|\b(?:loved? it|love it|great (?:job|experience|service|working|doing)|awesome (?:job|experience|service)|happy with|so happy|kudos|shout ?out|happy (?:holidays|birthday|thanksgiving|new year)|merry christmas|5 stars?|five stars?|recommend\w* you)\b",
            r"\bwhat (?:time|are your hours|r your hours|are the hours|hours)\b(?: do you| are you| does| yall| you guys| u)? ?(?:\w+ )?(?:open|close|closed|closing|opening)?\b|\b(?:your|business|store|showroom|holiday|opening|weekend|saturday|sunday|parts|service) hours\b|\bare you (?:guys )?(?:open|closed) (?:on )?(?:sundays?|saturdays?|holidays?|thanksgiving|christmas|labor day|memorial day|new years|today|tomorrow|late|early)\b|\bhow late are you\b|\b(?:when|what time) (?:do|are|r) (?:you|u) (?:guys )?(?:open|close|closed|closing)\b|\bopen on\b",
            r"\b(?:where are you (?:guys )?located|whats? (?:is )?your address|your (?:location|address)|directions|located|which exit|how do i get (?:to|there)|do you (?:guys )?(?:have|allow) (?:parking|coffee|wifi|a bathroom))\b",
            r"\b(?:hiring|job(?: opening| application)?s?|apply for (?:a|the) (?:job|position)|resume|position|career|internship|employment|looking for work|sales position)\b",
            r"\b(?:donat\w+|sponsor\w*|fundraiser|charity|little league|school project|wrong dealership|lost and found|left my (?:\w+ )?(?:sunglasses|phone|keys|wallet|jacket|umbrella|glasses)|sunglasses|what bank|title (?:transfer|work)|registration|license plates?|fax number|email address for|who (?:is|do i|should i|handles)|speak to (?:\w+ )?in (?:accounting|hr)|is \w+ (?:in|there|working) today|new phone who dis)\b",
            r"^(?:hi|hello|hey|yo|good (?:morning|afternoon|evening)|ok|okay|k|cool|sounds good|got it|great|perfect|awesome|lol|haha|nice|sure|yes|yep|yeah|no|nope|np|no problem|maybe|who is this|whos this)(?: there| all| guys| team)?[ .!?]*$",
        ),
    },
    "opt_out": {
        3: (
            r"\b(?:not|no longer|never was|isnt) interested\b(?! in (?:a |the |any |fin|lea|trad|pay|buy|that|this|extended|war))|\b(?:lost interest|not in the market|no longer (?:in the market|looking|shopping|need)|stopped looking|done looking)\b",
        ),
        2: (
            r"\b(?:already|just) (?:bought|purchased|got|found) (?:a|another|one|something|my)\b|\bbought (?:elsewhere|somewhere else|one elsewhere|from another)\b|\bwent with (?:another|someone else|a different)\b",
        ),
    },
}
"""By intent and weight."""
