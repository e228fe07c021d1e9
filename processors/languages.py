"""The words that decide where sentences end, for the languages that most lines speak."""

from functools import cache

from pipecat.utils.string import resolve_sentence_tokenizer_language

from processors.abbreviations import Language

_ORDINALS = {
    "bs",
    "cs",
    "da",
    "de",
    "et",
    "fi",
    "hr",
    "hu",
    "is",
    "lv",
    "nb",
    "nn",
    "no",
    "pl",
    "sk",
    "sl",
    "sr",
}
_REVERSED_GUILLEMETS = frozenset(("bs", "cs", "da", "de", "hr", "hu", "pl", "sk", "sl", "sr"))


@cache
def language(code: str) -> Language:
    """The words of a language, by its code with or without a region (``en``, ``de-AT``).

    A language without a table has none: sentencex is asked instead.
    """
    base = resolve_sentence_tokenizer_language(code)
    return _TABLES.get(base) or _table(base)


def _table(
    code: str,
    *,
    never: str = "",
    number: str = "",
    either: str = "",
    starters: str = "",
    weekdays: str = "",
    endings: str = "",
) -> Language:
    return Language(
        code=code,
        never=frozenset(never.split()),
        number=frozenset(number.split()),
        either=frozenset(either.split()),
        starters=frozenset(starters.split()),
        weekdays=frozenset(weekdays.split()),
        endings=tuple(endings.split()),
        ordinals=code in _ORDINALS,
        reversed_guillemets=code in _REVERSED_GUILLEMETS,
    )


_ENGLISH = _table(
    "en",
    never="""
        mr mrs ms mx dr prof Gen Rep Sen Gov Capt Cpt Sgt Col Lt Maj Cmdr Rev Hon Pres Brig Adm Messrs
        Msgr Supt Fr e.g eg i.e ie cf vs viz approx ca incl excl resp p.o
    """,
    number="no nos fig figs p pp vol ch sec art para ext tel",
    either="""
        st ave blvd Rd rd hwy pkwy Ln apt ste bldg Mt Ft Pt inc ltd co corp llc bros assn dept univ est
        gov't govt intl natl jr sr esq Ph.D etc al misc Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
        Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun a.m p.m a.k.a hr hrs min mins max oz lb lbs ft sq cu
        mi mph yr yrs wk mo qty avg temp temps ref refs ed eds conf tbsp tsp
    """,
    starters="""
        A An And Anything Are As At Before Both But By Can Could Did Do Does Each Either Every Everyone
        Everything For From Good Great Had Has Have He Hello Her Here Hi His How However I If In Is It
        Its Just Let No Not Nobody Now OK Of Okay On Once Or Our Perfect Please She Should Since So Some
        Someone Sorry Sure Thank Thanks That The Their Then There These They This Those To Today
        Tomorrow Until We Well Were What When Where Which While Who Why With Would Yes You Your After
        Although Also Any Because Alright Unfortunately Otherwise Was Shall
        Call Come Dial Feel Give Go Got Press See Take Tell Try Use Wait
    """,
    weekdays="monday tuesday wednesday thursday friday saturday sunday",
)

_GERMAN = _table(
    "de",
    never="""
        dr prof hr hrn fr frl dipl ing med jur phil z.b zb d.h dh u.a i.d.r o.ä bzw ca vgl evtl ggf inkl
        exkl einschl zzgl zz gem sog bspw insb St gegr geb s.o s.u i.a m.e v.a
    """,
    number="nr nrn abs art bd kap abb tel s str hausnr ziff no stck",
    either="""
        usw etc mwst jan feb mär mrz apr jun jul aug sep sept okt nov dez Mo Di Mi Do Fr Sa So max min
        std stdn mio mrd tsd jh bhf hbf pl u.s.w n.chr v.chr u.ä e.v gmbh co jr sen
    """,
    starters="""
        Ab Aber Alle Alles Also Am An Auch Auf Außerdem Aus Bei Bis Bitte Da Dabei Dafür Daher Damit
        Danach Danke Dann Darf Das Dazu Dein Den Denn Der Des Deshalb Die Dies Diese Dieser Dieses Doch
        Dort Du Ein Eine Einen Er Es Falls Für Gern Gerne Gibt Gut Haben Hat Heute Hier Ich Ihr Ihre
        Ihnen Im In Ist Ja Jetzt Kann Kein Keine Können Könnten Könnte Leider Man Mein Meine Mit Möchten
        Möchte Nach Natürlich Nein Nicht Noch Nun Nur Ob Oder Passt Schön Sehr Seit Sie Sind So Soll
        Sollen Sonst Sowie Super Um Und Uns Unser Unsere Viele Vielen Vom Von Vor Wann War Waren Warum
        Was Welche Welcher Wenn Wer Werden Wie Wir Wird Wo Wollen Wäre Würde Zu Zum Zur Zudem
    """,
    weekdays="montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
    endings="str pl",
)

_SPANISH = _table(
    "es",
    never="""
        EE sr sra srta sres dr dra dres d dña prof lic ing arq gral p.ej ej sto sta av avda vd vds aprox
        máx mín
    """,
    number="núm nº n.º pág págs tel tlf art cap fig vol depto c",
    either="""
        etc ud uds ee.uu a.m p.m s.a s.l d.c a.c cía ltda ene feb mar abr jun jul ago sep sept oct nov
        dic min
    """,
    starters="""
        A Además Al Ahora Algo Antes Aquí Así Aunque Bien Buenas Bueno Buenos Claro Como Con Cuando Cuál
        De Del Desde Después Dónde El En Entonces Era Es Esa Ese Eso Esta Este Esto Está Están Estamos
        Gracias Ha Hasta Hay Hola La Las Le Les Lo Los Luego Me Mi Mientras Muchas Muy Más Necesita Ni
        No Nos Nosotros Nuestra Nuestro O Para Pero Perfecto Perdón Por Porque Puede Puedo Que Quiere
        Qué Quién Se Según Si Sin Son Su Sus Sí También Te Tenemos Tiene Todo Todos Tu Un Una Usted Vale
        Vamos Y Ya Yo
    """,
    weekdays="lunes martes miércoles jueves viernes sábado domingo",
)

_FRENCH = _table(
    "fr",
    never="m mm mme mmes mlle mlles mr dr drs pr me mgr st ste p.ex ex cf env av bd boul pl c.-à-d",
    number="n° no n tél p pp art chap fig vol apt",
    either="etc s.a s.v.p janv févr avr juil sept oct nov déc min max réf",
    starters="""
        À Ah Alors Après Au Aussi Avant Avec Avez Bien Bonjour Bonsoir C Car Ce Cela Ces Cet Cette Ceux
        Comme Comment D Dans De Depuis Des Du Désolé Donc Elle Elles En Ensuite Est Et Il Ils J Je L La
        Le Les Leur Leurs Lors Ma Mais Merci Mon Même N Nos Notre Nous Non On Or Ou Oui Où Par Parfait
        Pas Peut Pour Pourquoi Pouvez Puis Puisque Quand Que Quel Quelle Qui S Sa Sans Se Ses Si Son
        Sont Souhaitez Sur Ta Tous Tout Très Tu Un Une Vos Votre Voici Voilà Voulez Vous Y
    """,
    weekdays="lundi mardi mercredi jeudi vendredi samedi dimanche",
)

_ITALIAN = _table(
    "it",
    never="""
        sig sigg sig.ra sig.na sigra dott dott.ssa dr prof prof.ssa ing avv arch geom rag on p.es es ca
        s sn v p.za spett gent egr
    """,
    number="n nr num pag pagg art cap tel fig vol int",
    either="ecc etc s.p.a s.r.l a.c d.c gen feb mar apr giu lug ago set sett ott nov dic min max",
    starters="""
        A Abbiamo Ad Adesso Al Alla Allora Anche Ancora Avete Bene Buona Buongiorno C Che Chi Ci Ciao
        Come Con Così Cosa Da Dal Del Dopo Dove Dunque E Ecco Era È Essa Gli Grazie Ha Hai Ho I Il In
        Inoltre Io L La Le Lei Lo Loro Lui Ma Mi Nel No Noi Non O Oggi Ogni Oppure Ora Per Perché
        Perfetto Però Poi Posso Possiamo Prego Prima Può Quale Quando Questa Questo Qui Quindi Sarà Se
        Sei Senza Si Siamo Sono Sta Su Sì Tra Tutti Tutto Un Una Va Vi Voi Vuole
    """,
    weekdays="lunedì martedì mercoledì giovedì venerdì sabato domenica",
)

_DUTCH = _table(
    "nl",
    never="""
        dhr mevr mw mej dr drs mr ir ing prof bijv bv d.w.z dwz m.b.t o.a t.a.v t.o.v i.v.m ca resp incl
        excl evt a.s St zgn
    """,
    number="nr nrs blz tel art fig p pag",
    either="""
        enz etc a.u.b s.v.p e.d jan feb mrt apr jun jul aug sep sept okt nov dec min max v.chr n.chr n.v
        b.v jr sr
    """,
    starters="""
        Aan Al Alle Alles Als Bedankt Ben Bij Daar Daarna Dan Dank Dat De Deze Die Dit Dus Een Eén Elke
        En Er Ga Geen Goed Graag Had Heeft Hebben Hebt Helaas Het Hier Hij Hoe Ik In Is Ja Je Jij Jullie
        Kan Kunnen Kunt Maar Met Mijn Moet Na Naar Natuurlijk Nee Nog Nu Of Om Omdat Onze Ook Op Over
        Prima Te Toen Tot U Uw Van Vanaf Veel Voor Waar Waarom Want Wanneer Was Wat We Welke Wie Wij Wil
        Wilt Worden Wordt Ze Zij Zijn Zo Zou Zullen
    """,
    weekdays="maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
)

_PORTUGUESE = _table(
    "pt",
    never="""
        sr sra srta srs sras dr dra drs dras prof profa eng d v.ex v.ex.a p.ex ex av r pç lgo aprox exmo
        exma sto sta
    """,
    number="n nº n.º núm pág págs tel art cap fig vol apto",
    either="""
        etc s.a ltda cia a.m p.m d.c a.c e.u.a jan fev mar abr mai jun jul ago set out nov dez seg ter
        qua qui sex sáb dom min máx
    """,
    starters="""
        A Agora Ainda Além Ao Aos Aqui As Até Bem Boa Bom Claro Com Como Da De Depois Desculpe Do E Ela
        Elas Ele Eles Em Então Era Essa Esse Esta Este Está Estamos Eu Foi Gostaria Há Hoje Isso Isto Já
        Lá Mas Me Meu Minha Muito Na Nas No Nos Nossa Nosso Não Nós O Obrigada Obrigado Olá Onde Os Ou
        Para Perfeito Pode Podemos Por Porque Posso Qual Quando Que Quem Quer Se Sem Ser Seu Sim Só Sua
        São Também Tem Temos Tudo Um Uma Vamos Você Vocês À É
    """,
    weekdays="""
        feira segunda terça quarta quinta
        sexta sábado domingo
    """,
)

_TABLES = {
    table.code: table for table in (_ENGLISH, _GERMAN, _SPANISH, _FRENCH, _ITALIAN, _DUTCH, _PORTUGUESE)
}
