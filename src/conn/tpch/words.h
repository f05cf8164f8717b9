/* SPDX-License-Identifier: Apache-2.0
 * words.h - TPC-H's word lists. */
#ifndef CONN_TPCH_WORDS_H
#define CONN_TPCH_WORDS_H

struct tpch_word {
	const char *text;
	int weight;
};

enum {
	TPCH_NOUNS = 45,
	TPCH_VERBS = 40,
	TPCH_ADVERBS = 28,
	TPCH_PREPOSITIONS = 47,
	TPCH_AUXILIARIES = 18,
	TPCH_TERMINATORS = 6,
	TPCH_ADJECTIVES = 29,
	TPCH_COLORS = 92,
	TPCH_SEGMENTS = 5,
	TPCH_INSTRUCTS = 4,
	TPCH_MODES = 7,
	TPCH_PRIORITIES = 5,
	TPCH_REGIONS = 5,
	TPCH_NATIONS = 25,
};

extern const struct tpch_word tpch_nouns[TPCH_NOUNS];
extern const struct tpch_word tpch_verbs[TPCH_VERBS];
extern const struct tpch_word tpch_adverbs[TPCH_ADVERBS];
extern const struct tpch_word tpch_prepositions[TPCH_PREPOSITIONS];
extern const struct tpch_word tpch_auxiliaries[TPCH_AUXILIARIES];
extern const struct tpch_word tpch_terminators[TPCH_TERMINATORS];
extern const struct tpch_word tpch_adjectives[TPCH_ADJECTIVES];
extern const struct tpch_word tpch_colors[TPCH_COLORS];
extern const struct tpch_word tpch_segments[TPCH_SEGMENTS];
extern const struct tpch_word tpch_instructs[TPCH_INSTRUCTS];
extern const struct tpch_word tpch_modes[TPCH_MODES];
extern const struct tpch_word tpch_priorities[TPCH_PRIORITIES];
extern const struct tpch_word tpch_regions[TPCH_REGIONS];
extern const struct tpch_word tpch_nations[TPCH_NATIONS];

#endif
