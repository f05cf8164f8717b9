dist_man_MANS = man/quern.1 man/quern.8 man/quern.conf.5
EXTRA_DIST += man/quern.conf.5.in

# What is made from the table of settings; t/10-man.t compares.
.PHONY: update-docs
update-docs: quern
	./quern --print-settings-mdoc > settings.mdoc
	sed -e '/^@SETTINGS@$$/{' -e 'r settings.mdoc' -e 'd' -e '}' \
	    $(srcdir)/man/quern.conf.5.in > $(srcdir)/man/quern.conf.5
	./quern --print-sample-conf > $(srcdir)/conf/quern.conf
	rm -f settings.mdoc
