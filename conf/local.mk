UNITS_IN = conf/quern-coordinator.service.in conf/quern-worker@.service.in
UNITS = conf/quern-coordinator.service conf/quern-worker@.service
EXTRA_DIST += $(UNITS_IN)
CLEANFILES += $(UNITS)

$(UNITS): conf/%.service: $(srcdir)/conf/%.service.in Makefile
	@$(MKDIR_P) conf
	$(AM_V_GEN)sed 's,[@]bindir[@],$(bindir),' \
	    '$(srcdir)/conf/$*.service.in' > '$@'

if SYSTEMD
nodist_systemdsystemunit_DATA = $(UNITS)
endif
all-local: $(UNITS)

# Samples; what runs is in /etc/quern, which is the administrator's.
sampledir = $(docdir)/conf
dist_sample_DATA = conf/quern.conf
samplecatalogdir = $(sampledir)/catalog
dist_samplecatalog_DATA = conf/catalog/memory.properties \
	conf/catalog/tpch.properties
