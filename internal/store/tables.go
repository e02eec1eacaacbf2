package store

// tables lists every current-state table that events carry: what rebuilding
// from the log fills again, in no particular order.
func tables() []refolder {
	return []refolder{
		areas(), parentages(), duties(), capacities(), principals(),
		persons(), cases(), results(), contacts(), stays(), links(), followUps(),
		loops(), steps(), seriesRows(), clocks(), handOvers(), evidences(), restrictions(), notices(),
		imports(), importKeys(), counters(),
		entries(), appeals(), helps(), protocolTexts(),
		sites(), shifts(), passes(), gateWaits(),
		travelGroups(), arrivals(), reports(), custodies(), grades(),
		trips(), tripCrews(), tripMoves(), tripLegs(), permits(), carriers(), serviceAreas(), areaVisits(), closures(),
		fieldDevices(), operations(), conflicts(), transfers(), photos(), papers(),
		lots(), samplePoints(), goodsSamples(), treatments(), lotLegs(), goodsWorkers(),
	}
}
