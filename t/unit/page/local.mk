check_PROGRAMS += t/unit/page/vec
t_unit_page_vec_SOURCES = t/unit/page/vec.c
t_unit_page_vec_LDADD = libtap.a libpage.a libtype.a libmem.a libbase.a \
	$(SYSTEM_LIBS)

check_PROGRAMS += t/unit/page/serde
t_unit_page_serde_SOURCES = t/unit/page/serde.c t/lib/random_pages.c \
	t/lib/random_pages.h t/lib/task_run.c t/lib/task_run.h
t_unit_page_serde_LDADD = libtap.a libops.a libfrag.a libconn.a libfmt.a \
	libexpr.a libfunc.a libpage.a libtype.a libmem.a librt.a libbase.a \
	$(SYSTEM_LIBS)
