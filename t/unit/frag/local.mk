check_PROGRAMS += t/unit/frag/frag
t_unit_frag_frag_SOURCES = t/unit/frag/frag.c $(OPS_TEST_SOURCES)
t_unit_frag_frag_LDADD = $(OPS_TEST_LIBS) $(SYSTEM_LIBS)
