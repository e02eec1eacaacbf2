-- What was offered to somebody and is not taken over yet: a phone asks for it.
CREATE INDEX hand_over_offered ON hand_over (to_owner, at, id) WHERE accepted = 0;
