check_PROGRAMS += t/unit/page/vec
t_unit_page_vec_SOURCES = t/unit/page/vec.c
t_unit_page_vec_LDADD = libtap.a libpage.a libtype.a libmem.a libbase.a \
	$(SYSTEM_LIBS)
