from __future__ import annotations

import pytest

from auterity_sdk.dealership.revocation import REVOCATION_WORDS, is_revocation

STOPS = (
    "don\u2019t contact me again",
    "S\u200bTOP",
    *"""
Stop.
 STOP!
STOP please
Stop pls
please stop
Stop texting me
stop the texts
Stop with all the messages
STOP I already bought one
Please just stop
I said stop
quit texting this number
cease all calls
enough with the emails
don't contact me again
do not contact me
Don't you ever call this number again
never text me again
you can take me off your list
take my email off your list please
get my number out of your system
remove me
please delete my number
I want to opt out
opt-out
Opt me out of these
no more texts please
no further communication
unsubscribe me
unsubscibe
I no longer want to receive these messages
I don't want to get texts from you
i dont want your emails
I do not wish to be contacted
dont send me any more offers
I revoke my consent
I withdraw my permission to be called
I am on the do not call list
cancel my subscription
cancel these alerts
leave me alone
lose my number
wrong number
You have the wrong person
🛑
Alto
ALTO por favor
Baja
quiero darme de baja
Por favor ya no me manden mensajes
no me llamen más
No me vuelvan a escribir
dejen de mandarme mensajes
deje de llamarme
Déjenme en paz
ya no quiero recibir mensajes
no deseo recibir sus textos
Quítenme de su lista
bórrenme de la lista por favor
eliminen mi número
no más mensajes
paren con los mensajes
número equivocado
revoco mi consentimiento
cancelar la suscripción
Who is this? STOP.
I want out of these texts
please lose my contact info
pls stop w the texts
I don't want these anymore
I'd like to be removed from all communications
Please discontinue messages
I didn't give you permission to text me
how do i stop getting these messages
I asked you to quit calling me
could you not text me
no texts please
I'd prefer not to receive offers
Quiero que me quiten de su lista
quisiera dejar de recibir estos avisos
Ya párenle con los textos
STOP.
Stop please, thank you
PLEASE STOP SENDING ME STUFF
I don't want your texts
No texts
Do not text
stop w/ the messages
Kindly remove me from your mailing list.
How do I unsubscribe?
I would like to unsubscribe from these notifications
Take me off this list!
Take me off your call list
Remove my phone number from your records
I've told you people to stop calling
No more calls!
Don't call me anymore
please do not call or text this number again
I did not sign up for this, stop
I never asked for these texts
I'm not interested in any more offers
I'm no longer interested in a vehicle. Please stop.
lost interest, please remove
we already purchased elsewhere, no need to keep contacting us
please close my file and don't contact me
You've got the wrong guy, lose my number
This isn't Maria. Wrong number.
Opt out
OPTOUT
Stopall
End
Quit
Revoke
I revoke consent to be texted
unsub
Please stop emailing me
stop the robo texts
Go away
enough already
stop bugging me
no me mande más mensajes
No me manden mensajes
no quiero más mensajes
No quiero recibir más textos de ustedes
por favor no me llame más
favor de no llamarme
deje de enviarme mensajes
Dejen de mandar textos
PARE
Pare de escribirme
CANCELAR
Basta
ya no me llamen
No me contacten más
bórrame de tu lista
Quítame de la lista
Sáqueme de su lista de contactos
Elimine mi número por favor
No estoy interesado, no me escriban
no me interesa, deje de llamar
dar de baja
Quiero darme de baja
Ya compré carro, ya no me manden nada
se equivocaron de número
No soy esa persona, número equivocado
Detener
NO MÁS
Por favor detengan los mensajes
quiero que dejen de llamarme
no deseo ser contactado
""".strip().splitlines(),
)

GOES_ON = """
yes
I can stop by at five
Stop by at 5?
I'll stop in tomorrow
Stop and go traffic makes the brakes squeal
When does the sale end?
cancel my 3pm, can we do 4?
You never call me back
nobody calls me back
they don't call back
My brakes don't stop squealing
the car won't stop shaking
Do you have any texts with the price?
I don't text much, email works better
can you call me? I lost my number for the service desk
Please don't sell it, I'm on my way
What is the end price?
Take my 2016 Civic as a trade
I gave the wrong number of miles
the front end noise is back
My wife and I want to stop by this Saturday at noon
We'd like to stop in and see it
I need to stop at the bank first
I'm done with the paperwork
I did not receive the quote
I never asked for this trim package
I didn't request the extended warranty
Where do I stop, at the front desk?
no need to call ahead, just come by
I would like to receive the quote
No me ha llamado nadie
¿Me pueden mandar fotos?
¿Para cuándo estaría lista?
La camioneta está baja de llantas
¿El precio baja si pago de contado?
Quiero cancelar mi cita del martes
No tengo más preguntas
""".strip().splitlines()


@pytest.mark.parametrize("message", [*sorted(REVOCATION_WORDS), *STOPS])
def test_words_that_revoke(message: str) -> None:
    assert is_revocation(message)


@pytest.mark.parametrize("message", ["", *GOES_ON])
def test_words_that_do_not(message: str) -> None:
    assert not is_revocation(message)
