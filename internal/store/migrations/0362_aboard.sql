-- Who sits in a seat of a train and who goes to one address: a train has hundreds
-- of rows, and a feed asks for each of them.
CREATE INDEX arrival_seat ON arrival (vehicle, seat, came, id) WHERE vehicle <> '' AND seat <> '';
CREATE INDEX arrival_stay ON arrival (vehicle, stay_text, came, id) WHERE vehicle <> '' AND stay_text <> '';
