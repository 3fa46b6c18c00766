"""The Spanish patterns, on text without accents."""

from __future__ import annotations

SPANISH: dict[str, dict[float, tuple[str, ...]]] = {
    "availability": {
        3: (
            r"\bque (?:camionetas?|carros?|autos?|modelos?|trocas?) (?:\w+ )?(?:tienen|hay|manejan|les quedan)\b|\b(?:alguien|ya) (?:\w+ )?(?:la|lo) compr",
            r"\b(?:todavia|aun|sigue|siguen)\b[^.?!]{0,40}\b(?:tienen?|disponibles?|venta|esta|hay|queda|quedan|ahi)\b",
            r"\bdisponib(?:le|les|ilidad)\b|\ben (?:existencia|inventario|stock|el lote|su lote|venta)\b|\bya (?:se vendio|la vendieron|lo vendieron|esta vendid[oa])\b|\bse vendio\b|\bvendid[oa]\b",
        ),
        2: (
            r"\b(?:tienen?|tendran|tendra|manejan?|venden|les quedan?|hay|queda|quedan|cuentan con)\b[^.?!]{0,60}\b(?:rojo|roja|blanc[oa]|negr[oa]|azul|gris|plateado|plata|hibrid[oa]|usad[oa]s?|nuev[oa]s?|camionetas?|trocas?|carros?|autos?|coches?|modelos?|20\d\d|suv|silverado|tacoma|f-?150|civic|corolla|camry|rav4|cr-?v|tahoe|ram|altima|sentra|rogue|explorer|tucson|pickup)\b",
            r"\b(?:cuando|para cuando)\b[^.?!]{0,30}\b(?:llega|llegan|llegara|reciben|entra|tendran)\b|\b(?:busco|estoy buscando|ando buscando|buscando)\b",
        ),
        1: (
            r"\bvi (?:en|el|la|un|una|su)\b|\bdel anuncio\b|\ben (?:su|la) (?:pagina|internet)\b|\b(?:que|otros|otro) color(?:es)?\b",
            r"\b(?:tienen?|hay)\b",
        ),
    },
    "price": {
        3: (
            r"\bcuanto (?:cuesta|cuestan|vale|valen|sale|salen|es|seria|piden?|esta|costaria|sale|quieren|cobran)\b|\ba cuanto\b|\ben cuanto\b|\bque precio\b|\bcual es (?:el|su) (?:\w+ )?(?:precio|costo)\b",
            r"\b(?:mejor|ultimo|precio|precio) (?:precio|final|total|de contado|mas bajo)\b",
        ),
        2: (
            r"\b(?:precios?|costos?|cotizacion|cotizar|cotiza|impuestos|tarifas|todo incluido|rebajas?|descuentos?|ofertas?|promocion(?:es)?)\b",
        ),
        1: (r"\bcuanto\b",),
    },
    "price_objection": {
        4: (
            r"\b(?:se me hace|esta|es|sale|lo veo|la veo|queda) (?:algo |un poco |muy )?car[oa]s?\b",
            r"\b(?:mejor|otro) precio\b|\bmejor oferta\b|\bes demasiado\b|\bmejorar(?:me)? (?:el|la)\b",
            r"\bvi (?:una|uno|la|el) (?:igual|mism[oa]|parecid[oa])\b|\bmenos de lo que\b|\b(?:dejan?|dejen|dejar|dejarla|dejarlo|dejenmela|dejemelo)\b[^.?!]{0,15}\ben \$?\d|\bulti(?:mo|ma) (?:precio|oferta)\b",
            r"\b(?:muy|demasiado|bien|tan|mucho mas|bastante|algo|un poco|super|mas) (?:car[oa]s?|alto|elevado|costos[oa])\b|\bcarisim[oa]\b",
            r"\b(?:otro lado|otra agencia|otro dealer|otro concesionario|otro lugar|otra parte|la competencia|otros)\b[^.?!]{0,60}\b(?:mas barat[oa]|menos|mejor precio|barat[oa]|por \$?\d|ofrec\w+|dan|dejan)\b|\bmas barat[oa]\b|\bmas economic[oa]\b|\bpor menos\b|\b(?:mil|dolares|\d) menos\b",
            r"\b(?:me|nos|lo|la|le|les) ?(?:pueden?|podrian?|hacen?|haria|puede) (?:\w+ )?(?:bajar|mejorar|igualar|rebajar|descontar|hacer (?:un |algun |mejor )?(?:descuento|precio|rebaja))\b|\b(?:bajar|bajarle|bajan|rebajar|igualar|igualan|mejorar|baje|bajen|igualarlo|igualarme)\b[^.?!]{0,20}\b(?:precio|oferta|eso|algo|poco|mas)?\b",
            r"\b(?:se (?:me )?(?:sale|pasa)|fuera|arriba|mas) de (?:mi|nuestro|lo que) (?:presupuesto|alcance|rango|puedo|podemos|tengo|pensaba|queria|esperaba|quiero)\b|\bno (?:me |nos )?(?:alcanza|puedo pagar|podemos pagar|tengo (?:para|tanto)|llego)\b|\bmas de lo que\b|\bes mucho dinero\b|\bmucho dinero\b|\blo menos\b|\bno vale (?:eso|tanto)\b",
        ),
        2: (r"\bpresupuesto\b|\bdescuento\b|\brebaja\b|\bnegociable\b",),
    },
    "trade": {
        4: (
            r"\b(?:dar|dejar|usar|poner|entregar) (?:\w+ )?(?:como|de|por) (?:enganche|pago|entrada)\b|\bcambiar mi\b",
            r"\b(?:agarran|toman|cambian|reciben|aceptan)\b[^.?!]{0,20}\b(?:cuenta|cambio|mi|parte)\b|\bdoy mi\b|\bmi (?:carro|auto|camioneta|troca) (?:viej[oa]|usad[oa]|actual)\b",
            r"\b(?:a cuenta|en parte de pago|como parte de pago|parte de pago|de enganche mi|tomar? (?:mi|en cuenta mi)|reciben (?:mi|carros?|autos?|usados)|aceptan (?:mi|carros?|autos?|usados|trade)|trade|trade-in|cambiar mi (?:carro|auto|camioneta|troca|coche|\w+ (?:del )?(?:19|20)\d\d)|entregar mi|dar mi (?:carro|auto|camioneta|troca|coche))\b",
            r"\bcuanto (?:me|nos) (?:dan|darian|daria|ofrecen|pagan|pagarian|toman)\b|\b(?:vender(?:les|le)? mi|les vendo mi|compran (?:mi|carros|autos|usados)|me compran)\b|\bcuanto vale mi\b|\bvalor de mi\b|\bavaluo\b|\btasar\b",
            r"\b(?:todavia |aun )?(?:le |lo |la )?debo\b|\bsaldo\b|\bliquidar\b",
        ),
        1: (r"\bmi (?:\w+ )?(?:\w+ )?(?:del )?(?:19|20)\d\d\b",),
    },
    "finance": {
        4: (
            r"\bsin (?:credito|historial|enganche|seguro social|buro|papeles)\b|\baprueb\w+|\bingresos\b|\bno tengo (?:credito|seguro social|historial)\b",
            r"\b(?:financi\w+|credito|prestamo|tasa|interes(?:es)?|mensualidad(?:es)?|pagos? mensual(?:es)?|al mes|por mes|mensual(?:es)?|pagos?|enganche|pago inicial|de entrada|a plazos|\d+ meses|aprob\w+|aprueban|califico|calificar|itin|sin seguro social|social|aval|fiador|arrendamiento|lease|score|puntaje|buro)\b",
        ),
    },
    "service": {
        5: (
            r"\b(?:cambio de (?:aceite|llantas|frenos|balatas|bateria)|aceite|afinacion|alineacion|balanceo|rotacion|mantenimiento|taller|mecanico|recall|retiro|bolsas? de aire|check engine|luz (?:del|de la|de) \w+|se prend(?:io|e) (?:la|una) luz|revis(?:ar|en|ion|arlo|arla)|repar(?:ar|acion|en)|arregl(?:ar|en|o|arlo|arla)|componer|refaccion(?:es)?|piezas?|grua|garantia|diagnostico|inspeccion)\b",
            r"\b(?:ruido|rechin\w+|chill\w+|vibra\w*|tiembla|fuga|gotea|tira aceite|se (?:calienta|apaga|jalonea|traba)|no (?:arranca|prende|enciende|frena|enfria|funciona)|descompues\w+|fall(?:a|ando|o)|patina|se descompuso)\b",
        ),
        2: (r"\b(?:servicio|frenos|llantas?|bateria|transmision|motor|aire acondicionado)\b",),
    },
    "appointment": {
        3: (
            r"\b(?:puedo|podria|podemos|podriamos|quiero|quisiera|queremos|me gustaria|nos gustaria|voy a|vamos a|pienso|pensaba|planeo|paso a|pasamos a|para) (?:\w+ )?(?:ir|pasar|venir|visitar\w*|ver(?:la|lo)?|verl[oa]s?|manejar(?:la|lo)?|probar(?:la|lo)?|llegar|agendar|hacer (?:una )?cita|apartar|acercarme|darme una vuelta|conocer\w*)\b",
            r"\b(?:citas?|agendar|reagendar|reprogramar|prueba de manejo|test drive|confirmo|confirmar|ahi (?:estare|estaremos|nos vemos)|alla (?:estare|nos vemos|llego)|nos vemos|los veo|le veo|voy (?:en camino|para alla)|estoy en camino|llego tarde|voy (?:tarde|retrasad[oa])|me queda bien|me viene bien|me funciona|paso (?:el|hoy|manana|a las|por)|voy (?:el|hoy|manana|a las)|probar(?:la|lo)?|dar una vuelta)\b",
        ),
        2: (
            r"\b(?:pasar|venir|ir a (?:ver|la agencia))\b|\b(?:que tal|puede ser|seria|estaria bien|mejor)\b[^.?!]{0,25}\b(?:hoy|manana|lunes|martes|miercoles|jueves|viernes|sabado|domingo|a las)\b",
        ),
    },
    "complaint": {
        8: (
            r"\bse aprovech\w+\b|\bme grit\w+\b|\balterad[oa]\b",
            r"\b(?:salio|salieron|resulto) (?:mal[oa]?|con (?:problemas|fallas|danos)|defectuos[oa])\b|\bhacen? responsables?\b|\bno (?:cumplen|cumplieron|me resuelven|resuelven)\b|\bme vendieron\b",
            r"\b(?:pesim[oa]|horrible|terrible|inaceptable|decepcionad[oa]|decepcion|molest[oa]|enojad[oa]|furios[oa]|hart[oa]|groser[oa]s?|queja|quejarme|reclamo|reclamar|verguenza|ridiculo|frustrad[oa]|mal(?:a|isim[oa])? (?:servicio|atencion|trato|experiencia)|mala atencion|poco profesional|irresponsables?|estaf\w+|fraude|ladrones|rater[oa]s|robo)\b",
            r"\b(?:me|nos) (?:mintieron|mintio|enganaron|engano|estafaron|robaron|cobraron (?:de mas|doble|dos veces)|prometieron|colgaron|ignoran|ignoraron|trataron mal|vieron la cara|dejaron (?:esperando|plantad[oa]))\b|\bcobr\w+ de mas\b",
            r"\b(?:nadie|ninguno|nunca|jamas|no me han|no me ha|no han)\b[^.?!]{0,30}\b(?:contest\w+|respond\w+|respuesta|llam\w+|atiend\w+|atendi\w+|ayud\w+|devuelv\w+|regres\w+|solucion\w*|resuel\w+)\b",
            r"\b(?:hablar|quiero) con (?:el|la|un|su|una) (?:gerente|encargad[oa]|duen[oa]|supervisor[a]?|jefe)\b|\bgerente\b|\b(?:abogado|demanda\w*|profeco|denunciar|devolucion|reembolso|mi dinero|mala resena|resena)\b",
            r"\b(?:sigo|seguimos|llevo|llevamos)\b[^.?!]{0,40}\b(?:esperando|semanas|meses|dias|horas|sin)\b|\b(?:tercera|segunda|cuarta) vez\b|\bsigue (?:igual|fallando|haciendo|con el mismo|sin)\b|\bno (?:lo|la) arreglaron\b|\bpeor\b|\b(?:rayaron|golpearon|rayad[oa]|danaron)\b",
        ),
    },
    "spam": {
        8: (
            r"\bofrecemos\b[^.?!]{0,40}\b(?:servicios?|diseno|paginas|publicidad|marketing|leads|clientes|seguidores)\b|\bclientes (?:potenciales|nuevos)\b",
            r"\b(?:haga clic|haz clic|dele clic|clic aqui|felicidades|ganador(?:a)?|ha sido seleccionad[oa]|ganaste|ha ganado|premio|loteria|tarjeta de regalo|gratis|criptomonedas?|bitcoin|inversion(?:es)?|gane dinero|gana dinero|trabaje desde casa|trabaja desde casa|posicionamiento|primer lugar en google|primera pagina|seguidores|prestamos? (?:rapidos?|inmediatos?|sin (?:requisitos|buro))|aumente sus ventas|paginas web|diseno web|marketing digital)\b",
        ),
        2: (r"https?://|\bwww\.",),
    },
    "other": {
        2: (
            r"\b(?:muchas |mil )?gracias por\b|^(?:ok |muchas |mil )?gracias\b|\bexcelente (?:servicio|atencion|trabajo)\b|\bfeliz (?:navidad|ano|dia|cumpleanos)\b|\bfelices fiestas\b|\bmuy content[oa]s?\b|\bme encanto\b",
            r"\b(?:a que hora|que horario|cual es (?:el|su) horario|horarios?|hasta que hora|abren|cierran|estan abiertos)\b|\b(?:donde (?:estan|quedan|se encuentran)|cual es (?:la|su) direccion|direccion|ubicacion|ubicados|como llego)\b",
            r"\b(?:contratando|empleo|trabajo|vacantes?|curriculum|solicitud de (?:empleo|trabajo)|puesto)\b|\b(?:hablan espanol|alguien que hable espanol|donacion|patrocin\w+|placas|olvide mi|deje mi (?:chamarra|telefono|cartera|llaves|lentes))\b",
            r"^(?:hola|buen(?:os|as)? (?:dias?|tardes|noches)|ok|si|no|bueno|perfecto|de acuerdo|quien es)[ .!?]*$",
        ),
    },
    "opt_out": {
        3: (
            r"\b(?:no|ya no) (?:estoy|me interesa|estamos)(?: interesad[oa]s?)?(?! en (?:el |un |fin))\b",
        ),
        2: (r"\bya compre\b",),
    },
}
"""By intent and weight."""
