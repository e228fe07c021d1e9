"""Replies that are easily cut wrong. ``¦`` stands where a unit ends; the text is the line without it."""

ENGLISH = """
Hello! ¦How can I help you today?
Hi. ¦Bye.
Yes.
Thanks
Sure, I can do that.
Sure, I can help you, ¦and then we look at the rest.
Let me check; ¦it is here.
How are you today, sir? ¦Fine, I hope.
We have apples, pears, ¦and also figs. ¦Which?
I can help with that, ¦of course; we have time, and Dr. Lee is in.
Here are the options: ¦red, green, or blue.
We have room on Tuesday — ¦or on Friday, if you prefer.
We have room today—¦or tomorrow.
The well-known answer - ¦as you said - is no.
We open from 9 - 5, ¦every day of the week.
The pages 3–5 are gone. ¦Sorry.
Absolutely, of course. ¦One moment.
Dr. Smith will see you now. ¦Please come in.
Mr. and Mrs. Jones are here. ¦Prof. Brown is not.
It is on St. Mary Street, ¦next to Mt. Everest Pizza. ¦See you.
Turn left on Main St. ¦The house is white.
We are at 5 Park Ave. and 7 Oak Blvd. in town. ¦Come by.
J. R. R. Tolkien wrote it. ¦It is long.
Ask for John F. Kennedy. ¦He knows.
Between you and I. ¦Did you know?
Albert I. Douglas called. ¦Twice.
He lives in the U.S. ¦The rest does not.
The U.S. Army called. ¦Nobody answered.
We are in Washington, D.C. ¦Where are you?
She has a Ph.D. in physics. ¦He has an M.D. ¦They met.
The room is No. 5 on the left. ¦Go in.
No. ¦That is wrong.
Is it open? ¦No. ¦Sorry.
See Fig. 3 on p. 12. ¦It helps.
We meet at 5 p.m. ¦The door is open.
We meet at 5 p.m. Eastern. ¦Do not be late.
At 9:30 a.m. on Nov. 22 we open. ¦At 5 p.m. we close.
It ends at 5 p.m.? ¦Great.
Come on Mon. or Tue. at noon. ¦Or on Sat. ¦We are open.
He sat. ¦She stood.
On November 22, 2026, ¦at noon, we close.
On Monday, November 23, ¦we open at 9:30, not at 10:00.
The date is 12.11.2026. ¦Write it down.
The date is 12. 11. 2026. ¦Write it down.
It was built in 1990. ¦20 years later it fell.
It costs $3.50. ¦That is all.
It costs $3,500, ¦or €1.200,50. ¦That is all.
It is 3.5 percent of 1,000,000.25 dollars. ¦Right?
Your total is $12. ¦Cash or card?
There are 3. ¦Take one.
Call 555.123.4567. ¦Or call +1 (555) 010-0199. ¦Bye.
Call 555, 0100. ¦Ask for Ann.
Write to bob.b@example.co.uk. ¦Or to a_b@x.org. ¦Thanks.
Visit example.com. ¦Or www.example.com/a.b?c=d.e! ¦Fine.
See https://example.com/x.html?q=1,2;3:4. ¦It is all there.
Version 2.0.1 is out. ¦Version 3.0. ¦Enjoy.
Use Node.js or .NET. ¦Both work.
Bring fruit, e.g. apples, i.e. what you like. ¦Thanks.
Bring fruit, e.g., apples. ¦Thanks.
Apples, pears, etc. are here. ¦Apples, pears, etc. ¦We also have plums.
It is approx. 5 min. by car. ¦Or 20 by bike.
Acme Inc. is closed. ¦I work at Acme Inc. ¦She does too.
Sammy Davis Jr. sang. ¦Smith v. Jones vs. the state. ¦Fine.
It is 5 ft. 3 in. tall. ¦It weighs 3 lbs. ¦That is light.
Wait?! ¦Really!!! ¦What?? ¦Yes.
Well... ¦I think so... maybe. ¦Yes.
Hmm… ¦Let me see… okay. ¦Done.
So . . . maybe. ¦Yes.
She said: "Come in." ¦Then she left.
"Really?" he asked. ¦"Yes!" she said. ¦"Go."
“Are you there?” ¦“Yes.” ¦He smiled.
He said 'no.' ¦Then 'yes.'
(It is late.) ¦Good night. ¦(Really.)
Then (all of it [and more].) ¦Next.
I see. ¦iPhones are here. ¦eBay is not.
Yahoo! is a company. ¦Good.
sure, i can do that. ¦it ships tomorrow. ¦anything else?
Great! ¦😊 How are you? ¦Fine 😊 thanks.
Great!¦😊 How are you?
**Note:** it is **late. ¦Very late.** ¦*Go!* ¦`Now.`
1. Open the door. ¦2. Close it. ¦3. Leave.
Ready in 3, 2, 1. ¦Go!
Is it 5? ¦Is it C? ¦It is vitamin C. ¦It is.
One moment please. ¦- Bob
Is that A.S.A.P. or later? ¦Later.
The temp. is 20°. ¦That is 68°F. ¦Warm.
Rock & roll! ¦AT&T. ¦R&B. ¦All of it.
To be, or not to be: ¦that is the question.
Don't. ¦I won't. ¦You'll see.
It's 7 o'clock. ¦Go to bed.
It is the O'Neil St. house. ¦Next to it.
Dial 1-800-555-0100. ¦Press 1. ¦Or press #.
That is 50%. ¦That is 50 %. ¦That is half.
I moved to Berlin. ¦Über das reden wir. ¦École. ¦Øre.
We close in Jan. ¦In Feb. we open. ¦OK?
Mind the P.O. Box 5. ¦Thanks.
Your code is A, B, C, and D. ¦Got it?
We open at 9:30, 10:00, ¦and 11:00. ¦Which one?
"""

GERMAN = """
Guten Tag! ¦Wie kann ich helfen?
Gerne, das mache ich, ¦einen Moment bitte.
Wir sehen uns am 3. Mai. ¦Passt das?
Am 3. Mai 2026 um 9.30 Uhr kommt der 2. Techniker. ¦Bis dann.
Es ist der 3. ¦Dann kommt der 4. ¦Das war es.
Das war am 12.11.2026. ¦Oder am 12.11. ¦Das weiß ich nicht.
Das kostet 1.200,50 €. ¦Oder 3,50 Euro.
Dr. med. Weber und Prof. Dr. Klein sind da. ¦Hr. Maier nicht.
Nehmen Sie z. B. Die Zeit oder z.B. den Spiegel, d.h. eine Zeitung. ¦Danke.
Brot, Milch usw. ¦Das ist alles.
Die Kaiserstr. 5 ist nah, ca. 5 Min. zu Fuß. ¦Bitte klingeln.
Inkl. MwSt. sind es 20 €. ¦Zzgl. Versand. ¦Gut.
Zimmer Nr. 5, bzw. Nr. 6. ¦Die Nr. ¦Welche?
„Kommen Sie?“ ¦„Ja.“ ¦»Gut.« ¦»Nein!«
„Ja!“, rief er. ¦Dann ging er.
Am Montag, den 23. November, ¦haben wir Zeit. ¦Passt es?
Kaiser Karl V. regierte. ¦J. S. Bach spielte.
"""

SPANISH = """
¡Hola! ¦¿Cómo está usted? ¦Bien.
Claro que sí, ¦por supuesto, un momento.
El Sr. García y la Sra. López están aquí. ¦El Dr. Ruiz no.
Son las 5 p. m. ¦Luego cerramos.
Abrimos a las 9:30 a. m. los lunes. ¦¿Le va bien?
Vive en EE. UU. desde 1990. ¦Yo no.
Pan, leche, etc. ¦También hay fruta.
Cuesta 1.200,50 €. ¦O 3,50 euros.
¿De verdad?¦¡Sí! ¦Vale.
¡¿Qué?! ¦No. ¦Nada.
Está en la pág. 5, núm. 3. ¦Léala.
El lunes, 23 de noviembre, ¦tenemos sitio. ¦¿Le va bien?
Ud. puede venir. ¦¿Cuándo?
Dijo: «Ya voy». ¦Luego vino.
"""

FRENCH = """
Bonjour ! ¦Comment allez-vous ? ¦Bien.
Bien sûr, pas de souci, ¦un instant.
M. Dupont est là. ¦Mme. Martin aussi. ¦Le Dr. Petit non.
Cela coûte 3,50 €. ¦Ou 1 200,50 euros.
C'est au n° 5, p. ex. le mardi. ¦D'accord ?
Pain, lait, etc. ¦C'est tout.
Le 12.11.2026 à 9 h 30. ¦Ça va ?
« Oui ! » dit-il. ¦« Non. » ¦Elle part.
« Vraiment ? » ¦« Oui. »
Voici les choix : ¦rouge, vert ou bleu.
J.-C. Martin et J. P. Durand arrivent. ¦Ils sont deux.
Il vit aux U.S.A. ¦Elle non.
Écrivez à a.b@exemple.fr. ¦Merci !
St. Tropez est loin. ¦Très loin…
"""

ITALIAN = """
Buongiorno! ¦Come posso aiutarla? ¦Bene.
Certo, non c'è problema, ¦un attimo.
Il Sig. Rossi e la Sig.ra Verdi sono qui. ¦Il Dott. Bianchi no.
La Dott.ssa Neri arriva. ¦È puntuale.
Costa 1.200,50 €. ¦O 3,50 euro.
Pane, latte, ecc. ¦Non c'è altro.
È il n. 5, art. 3, pag. 12. ¦Va bene?
Il 12.11.2026 alle 9.30. ¦Le va bene?
«Davvero?» ¦«Sì.» ¦Bene.
Scriva a a.b@esempio.it. ¦Grazie!
Lunedì, 23 novembre, ¦siamo aperti. ¦Venga.
La Acme S.p.A. è chiusa. ¦Anche la Beta S.r.l. ¦Che peccato.
Ad es. il martedì. ¦O mai...
"""

DUTCH = """
Goedemorgen! ¦Waarmee kan ik u helpen? ¦Goed.
Natuurlijk, dat kan zeker, ¦een moment.
Dhr. Jansen en mevr. de Vries zijn er. ¦Dr. Bakker niet.
Het kost € 3,50. ¦Of € 1.200,50.
Neem bijv. de trein, d.w.z. de snelste. ¦Dank u.
Brood, melk, enz. ¦Dat is alles.
Kamer nr. 5 op blz. 3. ¦Gevonden?
Op 12.11.2026 om 9.30 uur. ¦Past dat?
"Echt?" vroeg hij. ¦"Ja."
Mail naar a.b@voorbeeld.nl. ¦Tot ziens!
Maandag, 23 november, ¦zijn we open. ¦Komt u?
Ga a.u.b. zitten. ¦Het duurt ca. 5 min. per persoon. ¦Oké?
J. P. Balkenende belde. ¦Hij komt.
"""

PORTUGUESE = """
Olá! ¦Como posso ajudar? ¦Bem.
Claro que sim, ¦sem problema, um momento.
O Sr. Silva e a Sra. Costa estão aqui. ¦A Dra. Lima não.
A Av. Paulista é longe. ¦A R. Augusta não.
Custa R$ 1.200,50. ¦Ou R$ 3,50.
Pão, leite, etc. ¦É tudo.
É o nº 5, pág. 12. ¦Certo?
No dia 12.11.2026 às 9:30. ¦Pode ser?
“Sério?” ¦“Sim.” ¦Bom.
Escreva para a.b@exemplo.pt. ¦Obrigado!
Segunda-feira, 23 de novembro, abrimos. ¦Pode vir?
A Acme Ltda. fechou. ¦Trabalho na Acme Ltda. ¦Ela também.
P. ex. na terça. ¦Ou nunca...
"""

JAPANESE = """
はい。¦わかりました。¦少々お待ちください。
ご予約の変更ですね、¦かしこまりました。
料金は３．５万円です。¦税込みです！¦よろしいですか？¦はい
「はい。」と言った。¦「いいえ。」¦次です。
3.5です。¦12時30分です！？¦わかりました…
メールはa.b@example.jpです。¦ありがとう!¦どうぞ
はい、そうです。¦3名様ですね。
"""

REPLIES = {
    "en": ENGLISH,
    "de": GERMAN,
    "es": SPANISH,
    "fr": FRENCH,
    "it": ITALIAN,
    "nl": DUTCH,
    "pt": PORTUGUESE,
    "ja": JAPANESE,
}


def cases() -> list[tuple[str, str, list[str]]]:
    """Language, text and expected units (stripped) of every reply above."""
    return [
        (code, line.replace("¦", ""), [unit.strip() for unit in line.split("¦") if unit.strip()])
        for code, lines in REPLIES.items()
        for line in lines.strip("\n").split("\n")
    ]
