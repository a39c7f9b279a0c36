// The settings of a private Dovecot: all its files in one folder, no account but its own.

import Foundation

/// Written for Dovecot 2.3. Each line that is not obvious has cost an hour once; the reasons stand beside them.
struct DovecotSettings {
    let folder: String
    let account: ServiceAccount
    let ports: PrivateDovecot.Ports
    let identity: TLSIdentity

    var oauth2: String {
        """
        introspection_mode = local
        local_validation_key_dict = fs:posix:prefix=\(folder)/oauth-keys/
        username_attribute = email

        """
    }

    var text: String { general + authentication + mailboxes + services }

    private var general: String {
        """
        base_dir = \(folder)/run
        state_dir = \(folder)/state
        log_path = \(folder)/log/dovecot.log
        protocols = imap lmtp
        listen = 127.0.0.1
        hostname = localhost
        postmaster_address = postmaster@mx.demo.example
        default_login_user = \(account.name)
        default_internal_user = \(account.name)
        default_internal_group = \(account.group)
        mail_uid = \(account.uid)
        mail_gid = \(account.gid)
        # nobody's ids lie outside the range that is valid by default
        first_valid_uid = 0
        first_valid_gid = 0
        ssl = yes
        ssl_cert = <\(identity.certificate)
        ssl_key = <\(identity.key)
        ssl_min_protocol = TLSv1.2
        disable_plaintext_auth = no

        """
    }

    private var authentication: String {
        // A failed login must not delay the next test's good one, hence no delay here and no penalty in anvil below.
        // LMTP wants a password database without a filter of mechanisms, and a user database from a file.
        """
        auth_failure_delay = 0
        auth_mechanisms = plain login xoauth2 oauthbearer
        passdb {
          driver = oauth2
          mechanisms = xoauth2 oauthbearer
          args = \(folder)/oauth2.conf.ext
        }
        passdb {
          driver = passwd-file
          args = scheme=PLAIN username_format=%u \(folder)/users/%u
        }
        userdb {
          driver = passwd-file
          args = username_format=%u \(folder)/users/%u
          default_fields = uid=\(account.uid) gid=\(account.gid) home=\(folder)/mail/%u
        }

        """
    }

    private var mailboxes: String {
        // The idle check is for accounts that have used up their inotify instances: without it IDLE waits 30 s.
        """
        mail_home = \(folder)/mail/%u
        mail_location = maildir:~/Maildir:LAYOUT=fs
        mailbox_list_index = yes
        mailbox_idle_check_interval = 1 secs
        mail_fsync = never
        mail_max_userip_connections = 2000
        recipient_delimiter = +
        mail_plugins = zlib
        protocol imap {
          mail_plugins = zlib imap_zlib
        }
        namespace inbox {
          inbox = yes
          separator = /
          mailbox Archive {
            auto = create
            special_use = \\Archive
          }
          mailbox Trash {
            auto = create
            special_use = \\Trash
          }
        }

        """
    }

    private var services: String {
        // Without root there is no chroot, and an empty setting is the only way to say so.
        """
        service imap-login {
          chroot =
          inet_listener imap {
            port = \(ports.imap)
          }
          inet_listener imaps {
            port = \(ports.imaps)
            ssl = yes
          }
          service_count = 0
          client_limit = 2000
          process_limit = 2
        }
        service imap {
          process_limit = 1500
        }
        service anvil {
          chroot =
          unix_listener anvil-auth-penalty {
            mode = 0
          }
          client_limit = 4000
        }
        service auth {
          client_limit = 4000
          inet_listener {
            address = 127.0.0.1
            port = \(ports.sasl)
          }
        }
        service stats {
          chroot =
        }
        service lmtp {
          inet_listener lmtp {
            address = 127.0.0.1
            port = \(ports.lmtp)
          }
        }

        """
    }
}
