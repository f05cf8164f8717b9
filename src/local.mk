bin_PROGRAMS += quern
quern_SOURCES = src/main.c
quern_LDADD = $(QUERN_LIBS) $(SYSTEM_LIBS)
