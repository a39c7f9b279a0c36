// The small words that a short sentence asking for a person is made of, language by language.

/// A clause asks for a person when it holds a word for one, a word that asks, and nothing that is not listed here: so
/// “I need a human” does, and “I need human resources” and “is this made by a human hand?” do not.
struct HumanTongue {
    /// The word of our notice in this language and what is written for it, in all its forms.
    let people: Set<Substring>
    let asks: Set<Substring>
    let small: Set<Substring>
    /// What may follow a word for a person that opens the whole message, without a mark between them (“human how do
    /// I …”). After a noun (“human error”) or a verb it is another matter.
    let turns: Set<Substring>

    init(people: String, asks: String, small: String, turns: String = "") {
        func words(_ text: String) -> Set<Substring> {
            Set(FoldedText.letters(of: FoldedText(text).text))
        }
        self.people = words(people)
        self.asks = words(asks)
        self.small = words(small)
        self.turns = words(turns)
    }

    /// Scripts with blanks between words. Japanese and Chinese are in `unspaced`.
    static let all: [HumanTongue] = [
        // English
        HumanTongue(
            people: "human humans person",
            asks: """
                please pls plz need want wanted would prefer get let give answer answers reply speak talk connect transfer \
                ask asked asking demand request require send call helpful useless useful wrong nonsense wish
                """,
            small: """
                a an the i me we us my you your to with from for of at by now here today again only just really actually \
                real live actual proper like answered could can will may should have has someone somebody another is isn it this \
                that there any not no t do don d does doesn s be being help helps answer me and but so then instead \
                still first rather right away immediately finally this mail message question email bot robot machine \
                hello hi hey dear thanks thank over hand put through back write read look in on asap team support
                """,
            turns: "please pls plz my i how where why when what which now this that hello hi"),
        // German
        HumanTongue(
            people: "Mensch Menschen Mitarbeiter Mitarbeiterin Mitarbeiters Mitarbeitern",
            asks: """
                bitte brauche brauchen will wollen möchte möchten hätte wünsche verlange antworten antwortet antworte \
                sprechen reden verbinden verbinde geben gib hilft hilfreich
                """,
            small: """
                ich wir mir uns mich einen einem einer ein eine der den dem die das echten echter echte richtigen \
                richtiger richtige lebenden mit zu von jetzt sofort nur doch mal endlich lieber gern gerne soll sollte \
                kann können könnte darf Sie du mein meine meiner Frage hier darauf selbst persönlich und nicht \
                nein kein keine keinen Antwort Hilfe hallo danke dass es lassen lass wieder noch auch statt weiter \
                Roboter Bot Automat Maschine Kontakt
                """,
            turns: "bitte ich wir mein meine wo wie wann warum wieso was jetzt hallo sofort"),
        // French
        HumanTongue(
            people: "humain humaine humains conseiller conseillère",
            asks: """
                svp plaît veux voudrais voudrions souhaite souhaiterais besoin demande exige parler réponde répondre \
                réponse répondez passez aide aidez
                """,
            small: """
                je j nous me moi m un une l le la à avec d de du s il te vous stp merci bonjour non pas ne n que qu \
                vrai vraie être seulement maintenant tout suite plutôt ai par pour se et cela ça ce message question mon \
                ma mes robot contact c est y a t puis peux peut pouvez laissez utile en mettre relation
                """,
            turns: "svp je j mon ma mes comment quand pourquoi bonjour puis"),
        // Spanish
        HumanTongue(
            people: "persona humano humana agente",
            asks: """
                favor quiero quisiera necesito necesitamos deseo pido exijo hablar responda conteste atienda atiéndame \
                ayude páseme póngame comunique gustaría sirve
                """,
            small: """
                por yo me mi un una el la con de que a al por no un robot real verdad verdadera ser solo ahora ya mismo \
                gracias hola prefiero puede puedo podría se lo y esto este mensaje ser pasar comunicar alguien otra útil \
                es
                """,
            turns: "yo mi mis dónde cómo cuándo hola quiero"),
        // Italian
        HumanTongue(
            people: "persona umano umana operatore operatrice",
            asks: """
                favore prego voglio vorrei vorremmo bisogno desidero chiedo pretendo parlare risponda rispondere passi \
                passatemi aiuti serve utile preferisco
                """,
            small: """
                per io mi un una uno l il la con di che a al non no robot reale vera vero essere solo ora adesso subito \
                grazie salve buongiorno ho posso può potrei si e questo messaggio da qualcuno è
                """,
            turns: "io mio mia dove quando perché salve buongiorno voglio"),
        // Dutch
        HumanTongue(
            people: "medewerker medewerkster mens mensen persoon",
            asks: """
                alstublieft alsjeblieft graag aub svp wil willen nodig verzoek eis spreken praten antwoorden antwoord \
                antwoordt helpen helpt verbinden behulpzaam
                """,
            small: """
                ik wij we me mij een de het met van om te nu direct meteen alleen echt echte zou mag kan laat ik u je \
                mijn dit bericht vraag heb niet nee geen robot bot dank hallo dat en door worden verbonden \
                naar liever contact
                """,
            turns: "alstublieft alsjeblieft aub graag ik mijn waar hoe wanneer waarom hallo"),
        // Portuguese
        HumanTongue(
            people: "pessoa humano humana atendente",
            asks: """
                favor quero queria preciso precisamos desejo peço exijo falar responda atenda ajude gostaria ajuda \
                prefiro passe
                """,
            small: """
                por eu me meu um uma o a com de que da do não nao robô real verdade verdadeira ser só agora já mesmo \
                obrigado obrigada olá bom dia posso pode poderia se e isto esta mensagem alguém útil é
                """,
            turns: "eu meu minha onde quando olá quero"),
        // Polish
        HumanTongue(
            people: """
                człowiek człowieka człowiekiem człowiekowi konsultant konsultanta konsultantem konsultantowi pracownik \
                pracownika pracownikiem
                """,
            asks: """
                proszę prosze chcę chce chciałbym chciałabym potrzebuję potrzebny żądam odpowie odpisze odpowiedział \
                odpowiedzi rozmawiać porozmawiać połączyć pomogło pomaga
                """,
            small: """
                ja mi mnie o z ze do od na żeby aby niech prawdziwy prawdziwego prawdziwym żywy żywego żywym teraz już \
                tylko nie to jest bot robot dziękuję dzień dobry kontakt się i mój ktoś być raczej wolę jakiś jakiegoś
                """,
            turns: "proszę prosze ja mój moja moje gdzie jak kiedy dlaczego dzień"),
        // Czech
        HumanTongue(
            people: "člověk člověka člověkem člověku člověče operátor operátora operátorem pracovník pracovníka",
            asks: """
                prosím chci chtěl chtěla potřebuji potřebuju žádám odpoví odpověděl odpověď mluvit hovořit spojte \
                přepojte pomohlo nepomohlo
                """,
            small: """
                já mi mě o s se do od ať aby bych skutečný skutečného skutečným živý živého živým teď hned jen už ne to \
                je není robot děkuji dobrý den kontakt na můj někdo raději nějaký nějakého
                """,
            turns: "prosím já můj moje kde jak kdy proč dobrý"),
        // Danish
        HumanTongue(
            people: "menneske mennesket medarbejder person",
            asks: """
                tak venligst vil ønsker brug gerne beder kræver tale snakke svare svarer svar hjælp hjælper hjalp \
                hjælpsomt lad
                """,
            small: """
                jeg vi mig et en med til af for om at rigtigt rigtig ægte levende nu straks kun har det ikke nej robot \
                hej kan må få være og min mit besked være give i kontakt hellere en på fra have
                """,
            turns: "tak jeg min mit mine hvor hvordan hvornår hvorfor hej"),
        // Swedish
        HumanTongue(
            people: "människa människan medarbetare person handläggare",
            asks: """
                tack snälla vill önskar behöver gärna ber kräver tala prata svara svarar svar hjälp hjälper hjälpte låt
                """,
            small: """
                jag vi mig en ett med till av för om att riktig riktigt äkta levande nu genast bara har det inte nej \
                robot hej kan får få ha och min mitt meddelande vara som ge i kontakt hellere hellre på från skulle
                """,
            turns: "tack jag min mitt mina var hur när varför hej"),
        // Turkish
        HumanTongue(
            people:
                "temsilci temsilciye temsilciyle temsilciniz temsilcisi temsilcisine temsilcisiyle insan insana insanla",
            asks: """
                lütfen istiyorum istiyoruz isterim rica bağlayın bağla bağlanmak görüşmek konuşmak cevaplasın yanıtlasın \
                lazım ihtiyacım gerekiyor yardımcı
                """,
            small: """
                bir bana beni ben gerçek canlı müşteri ile ederim şimdi hemen sadece artık değil robot hayır merhaba \
                teşekkürler bu mesajı olmadı var ve aktarın
                """,
            turns: "lütfen ben benim siparişim nerede nasıl ne neden merhaba"),
        // Russian
        HumanTongue(
            people: """
                оператор оператора оператору оператором человек человека человеку человеком сотрудник сотрудника \
                сотрудником специалист специалиста специалистом
                """,
            asks: """
                пожалуйста прошу хочу хотел хотела нужен нужна требую ответит ответил ответа ответить поговорить \
                говорить соедините позовите позвать переключите помогло свяжите дайте пусть
                """,
            small: """
                я мне меня с со на от к бы чтобы живой живого живым настоящий настоящего реальный сейчас сразу только уже \
                не нет это робот бот спасибо здравствуйте добрый день мой и кто нибудь лучше связь связаться
                """,
            turns: "пожалуйста я мой моя где как когда почему здравствуйте"),
        // Arabic
        HumanTongue(
            people: "موظف موظفا موظفة الموظف لموظف بموظف إنسان إنسانا بإنسان شخص شخصا بشخص بشري بشريا",
            asks: """
                فضلك فضلكم رجاء الرجاء أريد اريد نريد أحتاج احتاج أطلب أرغب التحدث التكلم أتحدث يرد يجيب يجيبني مساعدة \
                حولني حولوني دع دعوا
                """,
            small:
                "من إلى الى مع أن ان في حقيقي حقيقية آخر الآن فقط لا ليس هذا على لي أنا شكرا مرحبا رد روبوت بـ السلام عليكم",
            turns: "من رجاء أنا انا أين اين كيف متى لماذا طلبي مرحبا هل"),
    ]

    /// Scripts that write no blanks: a sentence is cut into these pieces, the longest first.
    static let unspaced: [HumanTongue] = [
        // Japanese
        HumanTongue(
            people: "担当者 担当の方 人間 オペレーター",
            asks: """
                お願い ください 下さい たい 希望 必要 ほしい 欲しい いただけますか もらえますか 頂けますか いただけませんか くれ 呼んで \
                お願いします お願いいたします
                """,
            small: """
                の 方 に を から と で が は まで も し して します いたします 致します 対応 回答 返信 返事 連絡 答え 答えて 話 話し \
                話を です ます つない つないで 繋いで 代わって 替わって 代わり 変わって 至急 今すぐ すぐに 直接 実際の 本物の \
                もう一度 出して 本当の への よる ちゃんと した です 早く 一度 ご お
                """),
        // Chinese
        HumanTongue(
            people: "人工 真人 人工客服 真人客服",
            asks: "请 請 要 想 想要 需要 转 轉 找 给 給 叫 让 讓 接 帮 幫 求 麻烦 联系 聯繫",
            small: """
                我 我们 你 你们 您 一个 一下 个 位 客服 服务 服務 回复 回覆 回答 解答 处理 處理 人员 人員 来 來 吧 谢谢 謝謝 你好 能 \
                可以 吗 嗎 用 的 现在 馬上 马上 到 和 跟 说话 聊 沟通 谈 还是 直接 快 尽快 不要 机器人 有 人 把 解决
                """),
    ]
}
